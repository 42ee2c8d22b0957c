"""What every import tells the person who runs it: what was read, made, found again and refused, and why."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO, TypeVar, cast

from django.utils.translation import get_language
from django.utils.translation import gettext as _

Item = TypeVar("Item")


@dataclass(frozen=True)
class RefusedItem:
    """Something of the file that was not taken, and the sentence that says why."""

    where: str
    name: str
    reason: str


@dataclass
class Report:
    """For each kind of thing: read = made + there already + refused.

    `differences` counts what came in otherwise than it was, by sentence; `changed_items` says where.
    """

    read: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refused_items: list[RefusedItem] = field(default_factory=list)
    differences: Counter[str] = field(default_factory=Counter)
    changed_items: list[RefusedItem] = field(default_factory=list)
    made_names: list[str] = field(default_factory=list)

    def refuse(self, kind: str, item: RefusedItem) -> None:
        self.read[kind] += 1
        self.refused[kind] += 1
        self.refused_items.append(item)

    def take(self, kind: str, *, made: int = 0, there: int = 0, name: str = "") -> None:
        self.read[kind] += made + there
        self.made[kind] += made
        self.there[kind] += there
        if name:
            self.made_names.append(name)

    def differ(self, sentence: str, *, where: str, name: str = "") -> None:
        self.differences[sentence] += 1
        self.changed_items.append(RefusedItem(where, name, sentence))

    def rows(self) -> Iterator[tuple[str, int, int, int, int]]:
        """(kind, read, made, there already, refused), in the order in which kinds came up."""
        for kind in self.read:
            yield kind, self.read[kind], self.made[kind], self.there[kind], self.refused[kind]

    def table(self) -> str:
        """The figures as columns of plain text, then each difference with its count."""
        head = ("", _("in the file"), _("made"), _("already there"), _("refused"))
        rows = [head, *((kind, *map(str, figures)) for kind, *figures in self.rows())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
        lines += [f"{count:>7} × {sentence}" for sentence, count in self.differences.most_common()]
        return "\n".join(lines)

    def write_refused(self, file: TextIO) -> None:
        """The refused items, then the changed ones, as CSV that a spreadsheet of the reader's language opens.

        A cell that it would run as a formula is quoted."""
        french = (get_language() or "").startswith("fr")
        writer = csv.writer(file, delimiter=";" if french else ",")
        writer.writerow([_("where"), _("name"), _("reason")])
        for item in [*self.refused_items, *self.changed_items]:
            writer.writerow([inert(item.where), inert(item.name), inert(item.reason)])


def inert(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked when it is gzipped."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield cast(IO[bytes], file)


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
