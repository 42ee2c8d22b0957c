"""A log of what people did in another LMS, as CSV: Moodle's export, in English or French, plain or gzipped."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.dates import is_plausible
from core.errors import Refused
from core.importing import RefusedItem, opened

COLUMNS = {
    "user": ("user", "user full name", "nom complet de l'utilisateur", "utilisateur"),
    "at": ("timecreated", "time", "heure"),
    "context": ("event.context", "event context", "contexte de l'événement"),
    "component": ("component", "composant"),
    "name": ("event.name", "event name", "nom de l'événement"),
    "action": ("action",),
}
OPTIONAL = {"action"}
DATE_FORMATS = ("%d/%m/%y, %H:%M:%S", "%d/%m/%y, %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


@dataclass(frozen=True)
class Activity:
    """One line of the log. `at` is the moment that `written` means."""

    line: int
    user: str
    at: datetime
    written: str
    context: str
    component: str
    name: str
    action: str = ""
    ambiguous: bool = False


def read(path: Path, zone: ZoneInfo) -> Iterator[Activity | RefusedItem]:
    """The lines in order; times without a zone are read in `zone`. Raises Refused for a file of another kind.

    When clocks go back, an hour exists twice: its first passage is taken, and the line says `ambiguous`.
    """
    try:
        with opened(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            yield from _lines(csv.reader(text), zone)
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, csv.Error) as error:
        raise Refused(
            _("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error}
        ) from error


def _lines(rows, zone: ZoneInfo) -> Iterator[Activity | RefusedItem]:
    head = [name.strip().lower().replace("’", "'") for name in next(rows, [])]
    places = {
        field: next((head.index(name) for name in names if name in head), None)
        for field, names in COLUMNS.items()
    }
    missing = [
        COLUMNS[field][0] for field, place in places.items() if place is None and field not in OPTIONAL
    ]
    if missing:
        raise Refused(_("The log lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)})
    for row in rows:
        if any(cell.strip() for cell in row):
            yield _activity(rows.line_num, row, places, zone)


def _activity(
    line: int, row: list[str], places: dict[str, int | None], zone: ZoneInfo
) -> Activity | RefusedItem:
    where = _("line %(line)d") % {"line": line}
    if any(place is not None and place >= len(row) for place in places.values()):
        return RefusedItem(where, ", ".join(row)[:80], _("Cells are missing in this line."))
    cells = {
        field: "" if place is None else row[place].replace("\x00", "").strip()
        for field, place in places.items()
    }
    if not cells["user"] or cells["user"] == "-":
        return RefusedItem(where, cells["name"], _("Nobody is named in this line."))
    if not cells["name"]:
        return RefusedItem(where, cells["context"], _("This line does not say what happened."))
    naive = _date(cells["at"])
    if naive is None or not is_plausible(naive):
        return RefusedItem(where, cells["name"], _("“%(at)s” is not a date and time.") % {"at": cells["at"]})
    at = naive if naive.tzinfo else naive.replace(tzinfo=zone)
    first, second = at.utcoffset() or timedelta(), at.replace(fold=1).utcoffset() or timedelta()
    if first < second and not naive.tzinfo:
        words = _("“%(at)s” does not exist: clocks go forward in that hour.")
        return RefusedItem(where, cells["name"], words % {"at": cells["at"]})
    return Activity(
        line=line,
        user=cells["user"],
        at=at,
        written=cells["at"],
        context=cells["context"],
        component=cells["component"],
        name=cells["name"],
        action=cells["action"],
        ambiguous=first > second and not naive.tzinfo,
    )


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 (the zone is added by the caller)
        except ValueError:
            continue
    return None
