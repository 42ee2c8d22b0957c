"""Reads the demo's words: YAML for lists, Markdown for what people wrote.

A file of talk holds `# Title` for a thread, a line `:: kind by=key ago=3d …`, `- [7] text` for a choice with its
votes, and `## key +18m useful=4 accepted` for a reply (`-3h` counts back from now, `to=2` answers post 2).
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lms.demo.typography import spaced

HERE = Path(__file__).parent
CHOICE = re.compile(r"- \[(\d+)\] (.+)")


@dataclass
class Reply:
    author: str
    when: str
    body: str
    marks: dict[str, str]
    language: str

    @property
    def useful(self) -> int:
        return int(self.marks.get("useful", 0))


@dataclass
class Talk:
    """A thread as it is written in a file; a module's conversation has a key for title."""

    title: str
    kind: str
    marks: dict[str, str]
    body: str
    language: str
    choices: list[tuple[str, int]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)


@cache
def load(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def people_of(organisation: str) -> dict[str, dict[str, Any]]:
    """The people of an organisation by key; whoever writes in English says so with `lang`."""
    people = load("people.yaml")[organisation]
    for person in people.values():
        person.setdefault("lang", load("organisations.yaml")[organisation]["language"])
        person["bio"] = spaced(person.get("bio", ""), person["lang"])
    return people


def spaces() -> list[tuple[dict[str, Any], list[Talk]]]:
    """Each space with its front matter and its threads."""
    return [read_space(path) for path in sorted((HERE / "spaces").glob("*.md"))]


def read_space(path: Path) -> tuple[dict[str, Any], list[Talk]]:
    _before, front, talk = path.read_text(encoding="utf-8").split("---\n", 2)
    space = yaml.safe_load(front)
    for name in ("purpose", "charter"):
        space[name] = spaced(space[name], space["language"])
    return space, read_talk(talk, space["language"])


def courses() -> list[dict[str, Any]]:
    """Each course with its modules, their texts and conversations."""
    return [_course(path) for path in sorted((HERE / "courses").glob("*/course.yaml"))]


def _course(path: Path) -> dict[str, Any]:
    course = yaml.safe_load(path.read_text(encoding="utf-8"))
    language = course["language"]
    for name in ("title", "summary"):
        course[name] = spaced(course[name], language)
    course["objectives"] = [spaced(line, language) for line in course["objectives"]]
    course["folder"] = path.parent.name
    talk = read_talk((path.parent / "conversations.md").read_text(encoding="utf-8"), language)
    course["talk"] = {one.title: one for one in talk}
    for section in course["sections"]:
        section["title"] = spaced(section["title"], language)
        for module in section["modules"]:
            for name in ("title", "objective", "prompt"):
                module[name] = spaced(module[name], language)
            if module["kind"] == "text":
                text = (path.parent / f"{module['key']}.md").read_text(encoding="utf-8")
                module["body"] = spaced(text, language)
    return course


def bank(name: str) -> list[dict[str, Any]]:
    """The questions of a file; the language is that of their course."""
    return load(f"questions/{name}.yaml")


def read_talk(text: str, language: str) -> list[Talk]:
    chunks = re.split(r"^# ", text, flags=re.MULTILINE)[1:]
    return [_talk(chunk, language) for chunk in chunks]


def _talk(chunk: str, language: str) -> Talk:
    opening, *replies = re.split(r"^## ", chunk, flags=re.MULTILINE)
    title, line, *body = opening.split("\n")
    kind, marks = _marks(line.removeprefix("::").split())
    choices = [CHOICE.fullmatch(row) for row in body]
    rest = "\n".join(row for row, choice in zip(body, choices, strict=True) if not choice).strip()
    return Talk(
        title=spaced(title.strip(), language),
        kind=kind or "discussion",
        marks=marks,
        body=spaced(rest, language),
        language=language,
        choices=[(spaced(found[2], language), int(found[1])) for found in choices if found],
        replies=[_reply(part, language) for part in replies],
    )


def _reply(part: str, language: str) -> Reply:
    head, body = part.split("\n", 1)
    author, when, *words = head.split()
    _kind, marks = _marks(words)
    spoken = marks.get("lang", language)
    return Reply(author, when, spaced(body.strip(), spoken), marks, spoken)


def _marks(words: list[str]) -> tuple[str, dict[str, str]]:
    """`question by=sarah pinned` → ("question", {"by": "sarah", "pinned": ""}); the kind has no `=` and comes first."""
    kinds = {"discussion", "question", "case", "poll", "resource", "challenge"}
    kind = words[0] if words and words[0] in kinds else ""
    pairs = (word.partition("=") for word in words[bool(kind) :])
    return kind, {name: value for name, _sign, value in pairs}
