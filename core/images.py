"""Pictures people upload are decoded and written anew: what is kept is a picture and nothing else."""

import io
import secrets

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Refused

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
KINDS = ("JPEG", "PNG", "WEBP", "GIF")


def recoded(upload, *, side: int, square: bool = False) -> ContentFile:
    """The picture of an upload as a WebP file of at most `side` pixels, cropped to a square if asked.

    Raises Refused when it is too heavy, too large or no picture. Metadata (place, camera) is left behind.
    """
    if upload.size > LARGEST_BYTES:
        raise Refused(_("This picture is heavier than 5 MB."))
    try:
        upload.seek(0)
        with Image.open(upload, formats=KINDS) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise Refused(_("This picture has too many pixels."))
            picture.draft("RGB", (side * 2, side * 2))
            turned = ImageOps.exif_transpose(picture)
            alpha = "A" in turned.getbands() or "transparency" in turned.info
            plain = turned.convert("RGBA" if alpha else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(_("This file is not a picture we can read (JPEG, PNG, WebP or GIF).")) from error
    if square:
        plain = ImageOps.fit(plain, (min(side, *plain.size),) * 2)
    plain.thumbnail((side, side))
    written = io.BytesIO()
    plain.save(written, "WEBP", quality=82)
    return ContentFile(written.getvalue(), name=f"{secrets.token_hex(8)}.webp")
