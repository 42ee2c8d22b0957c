"""Files: ours, served by WhiteNoise, and those of people, in a folder or a bucket."""

import os
from pathlib import Path
from typing import Any

from lms.settings.environment import Unsafe, flag, required, whole_number
from lms.settings.house import BASE_DIR, DEBUG, PRODUCTION, TEST_RUN, VAR_DIR


def storages(*, debug: bool, production: bool) -> dict[str, dict[str, Any]]:
    """Static files by name while developing, by hash otherwise, and compressed (half a minute) where it pays."""
    if debug:
        static = "django.contrib.staticfiles.storage.StaticFilesStorage"
    elif production:
        static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    else:
        static = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    return {"default": media_storage(), "staticfiles": {"BACKEND": static}}


def media_storage() -> dict[str, Any]:
    """Files people give: an S3 bucket when STORAGE_BUCKET names one, a folder otherwise."""
    bucket = os.environ.get("STORAGE_BUCKET")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    endpoint = os.environ.get("STORAGE_ENDPOINT") or None
    if endpoint and not endpoint.startswith("https://") and not flag("STORAGE_INSECURE", default=False):
        raise Unsafe(
            "STORAGE_ENDPOINT must begin with https://: people's files would cross the network in clear. "
            "Inside a private network, say so with STORAGE_INSECURE=1."
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint,
            "region_name": os.environ.get("STORAGE_REGION") or None,
            "access_key": required("STORAGE_ACCESS_KEY"),
            "secret_key": required("STORAGE_SECRET_KEY"),
            # Addresses are signed and short-lived: the bucket itself stays closed.
            "querystring_auth": True,
            "querystring_expire": 3600,
            "default_acl": None,
            "file_overwrite": False,
        },
    }


STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR_DIR / "media"))
# Where the proxy finds the same files, for instance "/protected/": it then sends them itself (core/media.py).
MEDIA_ACCEL = os.environ.get("MEDIA_ACCEL", "")
VIDEO_MAX_BYTES = whole_number("VIDEO_MAX_MEGABYTES", default=500) * 1_000_000
# What a request may carry: a form from whoever is not signed in (a proxy that reads it first is told the same,
# Caddyfile), words and pictures from people, a film and its form from those who write courses.
LARGEST_ANONYMOUS_BODY = 2 << 20
LARGEST_BODY = 32 << 20
LARGEST_UPLOAD = VIDEO_MAX_BYTES + (8 << 20)
STORAGES = storages(debug=DEBUG or TEST_RUN, production=PRODUCTION)
WHITENOISE_USE_FINDERS = DEBUG or TEST_RUN
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8,12}\..+$"
