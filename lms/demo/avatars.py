"""Portraits of people who do not exist: their initials on a pattern of seats, in the colours of the house."""

import io
import math
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

from lms.demo.drawing import FONTS

SIDE, SCALE = 192, 2
COLOURS = {
    "plum": (113, 74, 146),
    "forest": (20, 89, 76),
    "lake": (43, 108, 146),
    "terracotta": (173, 69, 22),
    "ochre": (138, 90, 16),
    "slate": (88, 101, 116),
    "berry": (150, 50, 92),
    "moss": (78, 103, 36),
}
LIGHT = (255, 253, 249)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    size = 68 * SCALE
    path = FONTS / "bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"
    try:
        made = ImageFont.truetype(str(path), size)
        made.set_variation_by_axes([650])
    except OSError:
        return ImageFont.load_default(size)
    return made


def portrait(initials: str, name: str, colour: str = "") -> bytes:
    """A WebP of SIDE pixels; the same name always gives the same picture."""
    chance = Random(name)
    ground = COLOURS[colour or chance.choice(sorted(COLOURS))]
    image = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), ground)
    draw = ImageDraw.Draw(image)
    _pattern(draw, chance, tuple(round(part + (255 - part) * 0.13) for part in ground))
    middle = SIDE * SCALE / 2
    draw.text((middle, middle), initials, font=_font(), fill=LIGHT, anchor="mm")
    written = io.BytesIO()
    image.reduce(SCALE).save(written, "WEBP", quality=82, method=4)
    return written.getvalue()


def _pattern(draw: ImageDraw.ImageDraw, chance: Random, colour: tuple[int, ...]) -> None:
    """One of three: a circle of seats, a field of seats, or a rising sun."""
    side = SIDE * SCALE
    kind = chance.randrange(3)
    if kind == 0:
        seats = chance.choice([8, 10, 12])
        turn = chance.random() * math.tau
        for seat in range(seats):
            angle = turn + math.tau * seat / seats
            _dot(
                draw,
                side / 2 + side * 0.43 * math.cos(angle),
                side / 2 + side * 0.43 * math.sin(angle),
                26,
                colour,
            )
    elif kind == 1:
        step = side / 5
        for row in range(6):
            for column in range(6):
                _dot(draw, (column + row % 2 / 2) * step, row * step, 15, colour)
    else:
        _dot(draw, chance.choice([0.1, 0.9]) * side, side, side * 0.62, colour)


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: tuple[int, ...]) -> None:
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
