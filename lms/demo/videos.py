"""Draws the demo's videos and their captions from videos.yaml.

Run by hand when a script changes (`python -m lms.demo.videos [name …]`); the films are committed, so that
seeding needs no encoder. Needs the optional `imageio-ffmpeg`, and the fonts of node_modules.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lms.demo.drawing import FPS, HEIGHT, WIDTH, frame_at
from lms.demo.typography import spaced

HERE = Path(__file__).parent
MEDIA = HERE / "media"


@dataclass
class Cue:
    """One caption, and what the picture shows from its first second on."""

    start: float
    end: float
    said: dict
    picture: dict = field(default_factory=dict)


def load_videos():
    """The scripts by name, each cue completed with what the picture keeps from the one before."""
    videos = yaml.safe_load((HERE / "videos.yaml").read_text(encoding="utf-8"))
    for video in videos.values():
        video["cues"] = _cues(video["cues"], video["length"])
    return videos


def _cues(rows, length):
    cues: list[Cue] = []
    picture: dict = {}
    starts = [row["at"] for row in rows] + [length]
    for row, end in zip(rows, starts[1:], strict=True):
        changes = {key: value for key, value in row.items() if key not in ("at", "fr", "en")}
        picture = changes if "scene" in changes else {**picture, **changes}
        cues.append(Cue(row["at"], end, {"fr": row["fr"], "en": row["en"]}, picture))
    return cues


def captions(video, language):
    """The video's captions as WebVTT."""
    blocks = ["WEBVTT"]
    for number, cue in enumerate(video["cues"], 1):
        blocks.append(
            f"{number}\n{_stamp(cue.start)} --> {_stamp(cue.end - 0.1)}\n{spaced(cue.said[language], language)}"
        )
    return "\n\n".join(blocks) + "\n"


def _stamp(seconds):
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"00:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def film(video, path):
    """Encode H.264 in an MP4 that starts at once (index first) and seeks every two seconds."""
    from imageio_ffmpeg import write_frames

    writer = write_frames(
        str(path), (WIDTH, HEIGHT), fps=FPS, codec="libx264", pix_fmt_out="yuv420p", macro_block_size=2, quality=None,
        output_params=["-crf", "29", "-preset", "slow", "-tune", "animation", "-g", str(FPS * 2), "-an", "-movflags",
                       "+faststart", "-map_metadata", "-1", "-fflags", "+bitexact"],
    )  # fmt: skip
    writer.send(None)
    for number in range(round(video["length"] * FPS)):
        writer.send(frame_at(video, number / FPS).tobytes())
    writer.close()


def main(names):
    MEDIA.mkdir(exist_ok=True)
    for name, video in load_videos().items():
        if names and name not in names:
            continue
        for language in ("fr", "en"):
            (MEDIA / f"{name}.{language}.vtt").write_text(captions(video, language), encoding="utf-8")
        film(video, MEDIA / f"{name}.mp4")
        frame_at(video, video["cues"][2].end - 0.2).save(MEDIA / f"{name}.webp", quality=80, method=6)
        sys.stdout.write(f"{name}: {(MEDIA / name).with_suffix('.mp4').stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
