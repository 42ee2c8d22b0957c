"""What a person has begun to write, and where each text belongs now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from community.models import Draft, Post, Space, Thread
from core.addresses import address_of


class DraftRow(NamedTuple):
    """A draft on the page of one's drafts; `url` leads to its composer, empty where that place is gone."""

    place: str
    title: str
    body: str
    updated_at: datetime
    about: str
    url: str


def can_write_at(place: str, user: Any) -> bool:
    """The thread, post or space of a composer is one this person may read."""
    kind, number = place.split(":")[:2]
    readable: Any = {
        "thread": Thread.objects.visible_to,
        "post": Post.objects.readable_by,
        "space": Space.objects.readable_by,
    }[kind](user)
    return readable.filter(pk=number).exists()


def drafts_of(user: Any) -> list[DraftRow]:
    """What is kept for a person, the latest first; an empty row only remembers what was published."""
    drafts = Draft.objects.filter(user=user).exclude(body="", title="").order_by("-updated_at")
    found = list(drafts.values_list("place", "title", "body", "updated_at"))
    threads, posts, spaces = _places([place for place, *_rest in found], user)
    rows = []
    for place, title, body, updated_at in found:
        kind, number, *below = place.split(":")
        about, url = "", ""
        if kind == "space" and (space := spaces.get(int(number))):
            about, url = space.name, address_of("community:new_thread", space.slug)
        elif kind == "post" and (post := posts.get(int(number))):
            about, url = post.thread.title, address_of("community:edit_post", post.pk)
        elif kind == "thread" and (thread := threads.get(int(number))):
            above = posts.get(int(below[1])) if below else None
            about = thread.title
            reply = address_of("community:reply", above.pk) if above else ""
            url = reply or ("" if below else f"{thread.get_absolute_url()}#composer")
        rows.append(DraftRow(place, title, body, updated_at, about, url))
    return rows


def _places(places: list[str], user: Any) -> tuple[dict[int, Thread], dict[int, Post], dict[int, Space]]:
    """The threads, posts and spaces that these addresses name and this person may read, in three queries."""
    parts = [place.split(":") for place in places]
    named = {
        kind: {int(part[1]) for part in parts if part[0] == kind} for kind in ("thread", "post", "space")
    }
    named["post"] |= {int(part[3]) for part in parts if len(part) == 4}
    return (
        Thread.objects.visible_to(user).in_bulk(named["thread"]),
        Post.objects.readable_by(user).select_related("thread").in_bulk(named["post"]),
        Space.objects.readable_by(user).in_bulk(named["space"]),
    )
