"""What makes looking at many pictures fast: sheets of a dozen, and a page that links all of them."""

from html import escape
from pathlib import Path

from PIL import Image, ImageDraw

COLUMNS = {1440: 3, 390: 7}
WIDTH = 1950
TALLEST = 1.6  # of its width: what is lower on a long page is for the single picture


def write_sheets(folder: Path) -> None:
    groups = sorted(one for one in folder.iterdir() if one.is_dir())
    for group in groups:
        width = int(group.name.rsplit("-", 1)[1])
        columns = COLUMNS.get(width, 5)
        pictures = sorted(group.glob("*.png"))
        rows_of = columns * 2
        for old in folder.glob(f"sheet-{group.name}-*.png"):
            old.unlink()
        for number, start in enumerate(range(0, len(pictures), rows_of), 1):
            sheet = montage(pictures[start : start + rows_of], columns)
            sheet.save(folder / f"sheet-{group.name}-{number:02}.png")
    (folder / "index.html").write_text(index(groups))


def montage(pictures: list[Path], columns: int) -> Image.Image:
    wide = WIDTH // columns - 8
    shrunk = []
    for path in pictures:
        image = Image.open(path).convert("RGB")
        limit = TALLEST if image.width > 700 else 2.4
        image = image.crop((0, 0, image.width, min(image.height, int(image.width * limit))))
        shrunk.append((path.stem, image.resize((wide, image.height * wide // image.width), Image.LANCZOS)))
    rows = [shrunk[at : at + columns] for at in range(0, len(shrunk), columns)]
    heights = [max(image.height for _name, image in row) + 22 for row in rows]
    sheet = Image.new("RGB", (WIDTH, sum(heights)), "#777777")
    draw, top = ImageDraw.Draw(sheet), 0
    for row, height in zip(rows, heights, strict=True):
        for column, (name, image) in enumerate(row):
            draw.text((column * (wide + 8) + 4, top + 4), name, fill="white")
            sheet.paste(image, (column * (wide + 8), top + 20))
        top += height
    return sheet


def index(groups: list[Path]) -> str:
    parts = ["<!doctype html><meta charset=utf-8><title>Palabre, every page</title>"]
    parts.append("<style>body{font:14px sans-serif}img{width:100%;border:1px solid #999}")
    parts.append("figure{display:inline-block;width:24%;margin:.3%;vertical-align:top}</style>")
    names = sorted({path.stem for group in groups for path in group.glob("*.png")})
    for name in names:
        parts.append(f"<h2>{escape(name)}</h2>")
        for group in groups:
            path = group / f"{name}.png"
            if path.exists():
                link = f"{group.name}/{path.name}"
                parts.append(
                    f"<figure><a href='{link}'><img loading=lazy src='{link}' alt=''></a>"
                    f"<figcaption>{group.name}</figcaption></figure>"
                )
    return "".join(parts)
