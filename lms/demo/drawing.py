"""The picture of a demo video at one moment: a circle of seats, two people, rising tension, or points.

Frames are drawn twice as large and reduced, which is what smooths the edges.
"""

import math
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, FPS, SCALE = 960, 540, 12, 2
FONTS = Path(__file__).parents[2] / "node_modules/@fontsource-variable"
NIGHT, FOREST, LEAF = (13, 58, 50), (20, 89, 76), (108, 197, 174)
PAPER, SUN, CLAY, SLATE = (247, 242, 234), (240, 178, 58), (196, 88, 38), (60, 112, 104)
SEATS = 8


@cache
def font(size, weight=600):
    """Bricolage Grotesque at `size` pixels of the finished frame."""
    path = FONTS / "bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"
    made = ImageFont.truetype(str(path), size * SCALE)
    made.set_variation_by_axes([weight])
    return made


def ease(progress):
    """0 to 1, quick then calm."""
    return 1 - (1 - min(max(progress, 0.0), 1.0)) ** 3


def mix(one, other, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def frame_at(video, moment):
    """The RGB frame of `video` at `moment` (seconds), WIDTH by HEIGHT."""
    index = max(i for i, cue in enumerate(video["cues"]) if cue.start <= moment)
    cue = video["cues"][index]
    before = video["cues"][index - 1].picture if index else {}
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), NIGHT)
    canvas = Canvas(ImageDraw.Draw(image), cue.picture, before, moment - cue.start, moment)
    canvas.hills()
    getattr(canvas, cue.picture["scene"])()
    return image.reduce(SCALE)


class Canvas:
    """Draws one scene; coordinates are those of the finished frame."""

    def __init__(self, draw, picture, before, since, moment):
        self.draw, self.picture, self.before = draw, picture, before
        self.since, self.moment = since, moment

    def is_new(self, key):
        """Whether `key` changed with this cue, and so has to enter the picture."""
        return self.before.get("scene") != self.picture["scene"] or self.before.get(key) != self.picture.get(
            key
        )

    def entering(self, key, length=0.7, after=0.0):
        return ease((self.since - after) / length) if self.is_new(key) else 1.0

    def dot(self, x, y, radius, fill):
        self.draw.ellipse(
            [SCALE * value for value in (x - radius, y - radius, x + radius, y + radius)], fill=fill
        )

    def hills(self):
        """A horizon that breathes slowly, under everything."""
        points: list[tuple[float, float]] = [(0, HEIGHT)]
        for x in range(0, WIDTH + 40, 40):
            points.append((x, 452 + 16 * math.sin(x / 150 + self.moment / 3)))
        points.append((WIDTH, HEIGHT))
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=mix(NIGHT, FOREST, 0.55))

    def text(self, x, y, words, size, fill=PAPER, anchor="lm", shown=1.0, over=NIGHT):
        """Lines around the middle `y`; each enters a little after the one above."""
        lines = words.split("\n")
        step = size * 1.25
        for number, line in enumerate(lines):
            part = ease(shown * (1 + 0.35 * len(lines)) - 0.35 * number) if shown < 1 else 1.0
            if part <= 0.02:
                continue
            top = y + (number - (len(lines) - 1) / 2) * step + (1 - part) * 14
            self.draw.text(
                (x * SCALE, top * SCALE), line, font=font(size), fill=mix(over, fill, part), anchor=anchor
            )

    def seats(self, cx, cy, radius, colours, speaker=None, tight=0.0):
        """The circle of seats around the tree."""
        for seat in range(SEATS):
            angle = math.tau * seat / SEATS - math.pi / 2 + self.moment * 0.05
            reach = radius * (1 - 0.28 * tight) + 5 * math.sin(self.moment * (1.2 + 5 * tight) + seat * 1.9)
            size = 19 + (6 * abs(math.sin(self.moment * 4.2)) if seat == speaker else 0)
            self.dot(cx + reach * math.cos(angle), cy + reach * math.sin(angle), size, colours[seat])
        self.dot(cx, cy, 30 + 2 * math.sin(self.moment * 1.5), SUN)

    def circle(self):
        speaker = self.picture.get("speaker", 0)
        colours = [CLAY if seat == speaker else LEAF for seat in range(SEATS)]
        self.seats(240, 225, 135, colours, speaker)
        self.text(455, 225, self.picture["words"], 44, shown=self.entering("words", 1.0))

    def level(self):
        """The tension now: it glides from the last cue's level to this one's."""
        start = self.before.get("level", 0.0)
        return start + (self.picture["level"] - start) * ease(self.since / 1.8)

    def tension(self):
        level = self.level()
        colours = [mix(LEAF, CLAY, min(1.0, max(0.0, level * SEATS - seat * 0.9))) for seat in range(SEATS)]
        self.seats(240, 215, 135, colours, tight=level)
        self.text(455, 190, self.picture["words"], 44, shown=self.entering("words", 1.0))
        bar = [455 * SCALE, 330 * SCALE, 835 * SCALE, 342 * SCALE]
        self.draw.rounded_rectangle(bar, 6 * SCALE, fill=SLATE)
        bar[2] = (455 + max(14, 380 * level)) * SCALE
        self.draw.rounded_rectangle(bar, 6 * SCALE, fill=mix(SUN, CLAY, level))

    def points(self):
        self.text(110, 95, self.picture["words"], 42, fill=SUN, shown=self.entering("words"))
        already = 0 if self.is_new("items") else self.before.get("upto", 0)
        for number, item in enumerate(self.picture["items"]):
            y = 180 + number * 68
            if number >= self.picture["upto"]:
                self.dot(128, y, 9, SLATE)
                continue
            part = ease((self.since - 0.25 * (number - already)) / 0.7) if number >= already else 1.0
            self.dot(128, y, 9 + 11 * part, mix(SLATE, LEAF if part >= 1 else CLAY, part))
            self.draw.text(
                (128 * SCALE, y * SCALE), str(number + 1), font=font(22, 700), fill=NIGHT, anchor="mm"
            )
            self.text(170 - 20 * (1 - part), y, item, 34, shown=part)

    def person(self, x, colour, bob):
        self.dot(x, 318 + bob, 42, colour)
        box = [(x - 72) * SCALE, (372 + bob) * SCALE, (x + 72) * SCALE, 560 * SCALE]
        self.draw.rounded_rectangle(box, 64 * SCALE, fill=colour)

    def bubble(self, key, x, side, fill):
        """What one of the two says, growing out of their side."""
        words = self.picture.get(key)
        if not words:
            return
        grown = self.entering(key, 0.5, after=0.0 if key == "left" or not self.is_new("left") else 0.9)
        if grown <= 0.02:
            return
        lines = words.split("\n")
        width = (max(font(28).getlength(line) for line in lines) / SCALE + 56) * (0.6 + 0.4 * grown)
        height = (36 * len(lines) + 40) * (0.6 + 0.4 * grown)
        y = 235 - height / 2
        left = x if side > 0 else x - width
        box = [left * SCALE, (y - height / 2) * SCALE, (left + width) * SCALE, (y + height / 2) * SCALE]
        self.draw.rounded_rectangle(box, 26 * SCALE, fill=fill)
        foot = x + side * 44
        tail = [
            (foot - 14, y + height / 2 - 4),
            (foot + 14, y + height / 2 - 4),
            (foot - side * 22, y + height / 2 + 24),
        ]
        self.draw.polygon([(a * SCALE, b * SCALE) for a, b in tail], fill=fill)
        if grown > 0.8:
            self.text(
                left + width / 2, y, words, 28, fill=NIGHT, anchor="mm", over=fill, shown=(grown - 0.8) * 5
            )

    def duo(self):
        self.person(255, CLAY, 4 * math.sin(self.moment * 1.6))
        self.person(705, LEAF, 4 * math.sin(self.moment * 1.6 + 2))
        self.bubble("left", 150, 1, PAPER)
        self.bubble("right", 810, -1, SUN)
