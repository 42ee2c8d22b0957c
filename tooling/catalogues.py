"""Catalogues of translations without GNU gettext: sentences found by Babel, kept and compiled by polib."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

LANGUAGE = "fr"
# Our words, in both languages, for what the pages of a library say: nothing of ours asks for them.
BORROWED = {"allauth"}
HEADER = {
    "Project-Id-Version": "Palabre",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    # In French none and one are singular.
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Overridden templates of allauth belong to the app that signs people in; whatever spans apps belongs to core.
TEMPLATE_AREAS = {
    "account": "people",
    "mfa": "people",
    "socialaccount": "people",
    "allauth": "people",
    "usersessions": "people",
}
# Templates of others are in Django's language, all of ours in Jinja2.
DJANGO_FOLDER = "django"
JINJA_OPTIONS = {
    "extensions": "jinja2.ext.do",
    "trimmed": "true",
    "silent": "false",
    "newstyle_gettext": "true",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|\{(\w*)\}")


@dataclass
class Sentence:
    msgid: str
    plural: str = ""
    context: str | None = None
    places: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return (self.msgid, self.context or "")


def compile_catalogues(folders: Iterable[Path]) -> int:
    """Compiles each catalogue younger than its compiled form. Returns how many were."""
    compiled = 0
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            draft = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)  # A process that reads meanwhile sees the old or the new, never half.
            compiled += 1
            # This process may have looked sentences up before: what it writes next must be in the reader's language.
            translation_file_changed(sender=None, file_path=target)
    return compiled


def sentences_of(root: Path, apps: Sequence[str]) -> dict[str, dict[tuple[str, str], Sentence]]:
    """Every sentence marked for translation, by area: the app, or the first folder of the template."""
    areas: dict[str, dict[tuple[str, str], Sentence]] = {}
    for path in source_files(root, apps):
        place = path.relative_to(root).as_posix()
        area = area_of(place, apps)
        for found in sentences_in(path):
            sentence = areas.setdefault(area, {}).setdefault(found.key, found)
            sentence.plural = sentence.plural or found.plural
            sentence.places.add(place)
    return areas


def source_files(root: Path, apps: Sequence[str]) -> Iterator[Path]:
    for app in apps:
        yield from sorted(path for path in (root / app).rglob("*.py") if "migrations" not in path.parts)
    for ending in ("html", "txt"):
        yield from sorted((root / "templates").rglob(f"*.{ending}"))


def area_of(place: str, apps: Sequence[str]) -> str:
    first, *rest = place.split("/")
    if first != "templates":
        return first
    if rest[0] == DJANGO_FOLDER:
        rest = rest[1:]
    folder = rest[0] if len(rest) > 1 else ""
    return folder if folder in apps else TEMPLATE_AREAS.get(folder, "core")


def sentences_in(path: Path) -> Iterator[Sentence]:
    from babel.messages.extract import extract

    source, language, options = path.read_text(), "python", {}
    if path.suffix != ".py" and DJANGO_FOLDER in path.parts:
        # What is not a sentence becomes X; its indentation would still offend Python's tokenizer.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).split("\n"))
    elif path.suffix != ".py":
        language, options = "jinja2", JINJA_OPTIONS
    for _, words, _, context in extract(
        language, io.BytesIO(source.encode()), keywords=KEYWORDS, options=options
    ):
        singular, plural = words if isinstance(words, tuple) else (words, "")
        if singular:
            yield Sentence(singular, plural, context)


def catalogue_path(root: Path, area: str) -> Path:
    return root / "locale" / area / LANGUAGE / "LC_MESSAGES" / "django.po"


def update(root: Path, area: str, sentences: dict[tuple[str, str], Sentence]) -> tuple[int, int]:
    """Writes the catalogue of an area again: translations kept, new sentences empty, unused ones dropped.

    Returns how many were added and dropped."""
    path = catalogue_path(root, area)
    known = {(e.msgid, e.msgctxt or ""): e for e in read(path) if not e.obsolete}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = HEADER
    for key in sorted(sentences):
        catalogue.append(entry_for(sentences[key], known.get(key)))
    text = str(catalogue) + ("" if str(catalogue).endswith("\n") else "\n")
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return len(sentences.keys() - known.keys()), len(known.keys() - sentences.keys())


def entry_for(sentence: Sentence, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=sentence.msgid,
        msgid_plural=sentence.plural,
        msgctxt=sentence.context,
        occurrences=[(place, "") for place in sorted(sentence.places)],
    )
    if PLACEHOLDER.search(sentence.msgid) and "%(" in sentence.msgid:
        entry.flags = ["python-format"]
    if old is not None:
        entry.tcomment = old.tcomment
        entry.flags += [flag for flag in old.flags if flag == "fuzzy"]
    if sentence.plural:
        kept = old.msgstr_plural if old and old.msgid_plural == sentence.plural else {}
        entry.msgstr_plural = {0: kept.get(0, ""), 1: kept.get(1, "")}
    elif old is not None:
        entry.msgstr = old.msgstr
    return entry


def read(path: Path) -> list[polib.POEntry]:
    return list(polib.pofile(str(path))) if path.exists() else []


def holes(root: Path, area: str, sentences: dict[tuple[str, str], Sentence]) -> list[str]:
    """What is wrong with a catalogue, one line each; nothing when every sentence has its French."""
    entries = {(e.msgid, e.msgctxt or ""): e for e in read(catalogue_path(root, area)) if not e.obsolete}
    found = [f"{area}: missing: {msgid!r}" for msgid, context in sorted(sentences.keys() - entries.keys())]
    found += [
        f"{area}: no longer used: {msgid!r}" for msgid, context in sorted(entries.keys() - sentences.keys())
    ]
    for key in sorted(entries.keys() & sentences.keys()):
        found += [f"{area}: {fault}: {key[0]!r}" for fault in faults(entries[key], sentences[key])]
    return found


def disputes(root: Path, areas: Iterable[str]) -> list[str]:
    """Sentences that two catalogues say differently: Django merges them, so that one of the two is never read."""
    said: dict[tuple[str, str], dict[str, set[str]]] = {}
    for area in {*areas, *BORROWED}:
        for entry in read(catalogue_path(root, area)):
            if not entry.obsolete:
                words = set(entry.msgstr_plural.values()) or {entry.msgstr}
                said.setdefault((entry.msgid, entry.msgctxt or ""), {})[area] = words
    return [
        f"{' and '.join(sorted(by_area))} differ: {msgid!r}"
        for (msgid, _context), by_area in sorted(said.items())
        if any(words != next(iter(by_area.values())) for words in by_area.values())
    ]


def faults(entry: polib.POEntry, sentence: Sentence) -> Iterator[str]:
    if "fuzzy" in entry.flags:
        yield "fuzzy"
    if entry.msgid_plural != sentence.plural:
        yield "another plural in the code"
        return
    if not sentence.plural:
        translations = [entry.msgstr]
    else:
        translations = [entry.msgstr_plural.get(number, "") for number in (0, 1)]
    if not all(translations):
        yield "not translated"
        return
    for translation in translations:
        # A singular may leave its number unsaid ("une réponse"), but nothing may name what is not given.
        named, given = placeholders(translation), placeholders(sentence.msgid) | placeholders(sentence.plural)
        if named - given or (not sentence.plural and named != given):
            yield f"placeholders differ ({', '.join(sorted(named ^ given))})"


def placeholders(text: str) -> set[str]:
    return {first or second or "{}" for first, second in PLACEHOLDER.findall(text.replace("%%", ""))}


if __name__ == "__main__":
    folders = Path(__file__).resolve().parent.parent.joinpath("locale").iterdir()
    print(compile_catalogues(sorted(folders)))  # noqa: T201
