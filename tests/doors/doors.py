"""Every door of the house: each address of the URLconf, the methods it takes, and the private thing it names here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.doors.world import World

READING = ("GET",)
# Pages of Django's admin and of allauth are read only here: their own suites press their buttons.
FOREIGN = ("admin:", "account_", "mfa_", "socialaccount_", "usersessions_", "openid_connect_")


@dataclass(frozen=True)
class Door:
    name: str
    route: str
    view: Any
    parameters: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        return not self.name.startswith(FOREIGN)

    @property
    def methods(self) -> list[str]:
        return methods_of(self.view) if self.is_ours else ["GET"]

    def address(self, world: World, variant: str = "") -> str:
        kwargs = {name: thing(world, self, name, variant) for name in self.parameters}
        try:
            return reverse(self.name, kwargs=kwargs)
        except NoReverseMatch:
            assert not self.is_ours, self.name
            return "/" + re.sub(r"<\w+>", "1", self.route)


def doors() -> list[Door]:
    return sorted(_walk(get_resolver().url_patterns, "", ""), key=lambda door: (not door.is_ours, door.name))


def _walk(patterns: list, namespace: str, prefix: str) -> Iterator[Door]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            parameters = tuple(pattern.pattern.converters or re.compile(str(pattern.pattern)).groupindex)
            yield Door(namespace + pattern.name, _plain(route), pattern.callback, parameters)


def _plain(route: str) -> str:
    """The route with <name> for each parameter, however it is written."""
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", route).replace("^", "").replace("$", "")


def methods_of(view: Any) -> list[str]:
    for kind in (getattr(view, "cls", None), getattr(view, "view_class", None)):
        if kind is not None:
            named = ("get", "post", "put", "patch", "delete")
            return [name.upper() for name in named if hasattr(kind, name)]
    allowed = _declared(view)
    assert allowed, (
        f"{view} says no methods: decorate it with require_safe, require_POST or require_http_methods"
    )
    return [method for method in allowed if method != "HEAD"]


def _declared(view: Any) -> list[str]:
    """The list given to require_http_methods, found in the closure of its decorator."""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code and "request_method_list" in code.co_freevars:
            cell = view.__closure__[code.co_freevars.index("request_method_list")]
            return list(cell.cell_contents)
        view = view.func if isinstance(view, partial) else getattr(view, "__wrapped__", None)
    return []


# The doors that are tried again with another thing behind them: route's beginning → variants.
VARIANTS = {
    "spaces/<slug>/": ["closed"],
    "threads/<pk>/": ["closed", "gated"],
    "posts/<pk>/": ["gated", "hidden", "deleted", "flagged"],
    "courses/<slug>/": ["draft"],
    "settings/data/requests/<pk>/": ["others"],
    "people/<handle>/": ["elsewhere"],
}


def variants_of(door: Door) -> list[str]:
    route = door.route.removeprefix("api/v1/")
    if door.name == "community:join_request":
        return [""]
    return ["", *(name for start, names in VARIANTS.items() if route.startswith(start) for name in names)]


def thing(world: World, door: Door, parameter: str, variant: str) -> Any:
    """What stands for a parameter: the segment before it tells the kind of thing."""
    route = door.route.removeprefix("api/v1/")
    before = route.split(f"<{parameter}>")[0].rstrip("/")
    segment = before.rsplit("/", 1)[-1]
    named, placed, beside = f"{door.name} {parameter}", f"{before}/", f"{segment}/"
    variants = [f"{key} {variant}" for key in (named, placed, beside)] if variant else []
    for key in [*variants, named, placed, beside]:
        if key in THINGS:
            return THINGS[key](world)
    if not door.is_ours:
        return "1"
    raise AssertionError(
        f"say in tests/doors/doors.py THINGS what {door.name} opens as <{parameter}> ({segment}/)"
    )


THINGS = {
    "spaces/": lambda w: w.space.slug,
    "spaces/ closed": lambda w: w.closed.slug,
    "spaces/<slug>/requests/": lambda w: w.join_request.pk,
    "community:join_request slug": lambda w: w.closed.slug,
    "threads/": lambda w: w.thread.pk,
    "threads/ closed": lambda w: w.closed_thread.pk,
    "threads/ gated": lambda w: w.gated.pk,
    "community:vote pk": lambda w: w.poll.pk,
    "community-api:vote pk": lambda w: w.poll.pk,
    "posts/": lambda w: w.post.pk,
    "posts/ gated": lambda w: w.kept_back.pk,
    "posts/ hidden": lambda w: w.hidden_post.pk,
    "posts/ deleted": lambda w: w.deleted_post.pk,
    "posts/ flagged": lambda w: w.flagged.pk,
    # Only its author contests what was decided about a post.
    "community:contest pk": lambda w: w.reply.pk,
    "reactions/": lambda w: "useful",
    "decisions/": lambda w: w.decision.pk,
    "media/attachments/": lambda w: w.attachment.pk,
    "community:attachment name": lambda w: w.attachment.name,
    "media/lessons/": lambda w: w.lesson_file.pk,
    "courses:lesson-file name": lambda w: w.lesson_file.name,
    "courses/": lambda w: w.course.slug,
    "courses/ draft": lambda w: w.draft_course.slug,
    "modules/": lambda w: w.text.pk,
    "modules/ draft": lambda w: w.draft_module.pk,
    "courses:watching pk": lambda w: w.film.pk,
    "courses:attempts pk": lambda w: w.quiz.pk,
    "courses:answers pk": lambda w: w.quiz.pk,
    "courses:studio-film pk": lambda w: w.film.pk,
    "courses:studio-captions pk": lambda w: w.film.pk,
    "courses:studio-compose pk": lambda w: w.quiz.pk,
    "courses-api:quiz pk": lambda w: w.quiz.pk,
    "courses-api:attempts pk": lambda w: w.quiz.pk,
    "courses-api:answers pk": lambda w: w.quiz.pk,
    "courses-api:progress pk": lambda w: w.film.pk,
    "videos/": lambda w: w.video.pk,
    "captions/": lambda w: w.caption.pk,
    "studio/imports/": lambda w: w.put_aside(),
    "studio/courses/": lambda w: w.course.slug,
    "studio/sections/": lambda w: w.section.pk,
    "studio/modules/": lambda w: w.text.pk,
    "history/": lambda w: 1,
    "studio/questions/": lambda w: w.question.pk,
    "studio/sessions/": lambda w: w.dated.pk,
    "people/": lambda w: w.author.handle,
    "people/ elsewhere": lambda w: w.people["stranger"].handle,
    "media/people/": lambda w: w.author.profile.picture.name.rsplit("/", 1)[-1],
    "skills/": lambda w: w.skill.pk,
    "settings/profile/skills/": lambda w: w.own_skill.pk,
    "settings/data/requests/": lambda w: w.data_request.pk,
    "settings/data/requests/ others": lambda w: w.others_data.pk,
    "people:cancel_request pk": lambda w: w.erasure.pk,
    "people:cancel_request pk others": lambda w: w.others_erasure.pk,
    "people:ask_for_data kind": lambda w: "export",
    "organisation/people/": lambda w: w.author.pk,
    "organisation/roles/": lambda w: w.grant.pk,
    "organisation/invitations/": lambda w: w.invitation.pk,
    "organisation/units/": lambda w: w.other_unit.pk,
    "join/": lambda w: w.invitation_secret,
    "notifications/": lambda w: w.notice.pk,
    "notifications/stop/": lambda w: w.stop_token,
}


def body_of(door: Door, world: World) -> dict[str, Any]:
    """What a person would send: enough for the act to be done where it is allowed."""
    make = BODIES.get(door.name)
    return make(world) if make else {}


BODIES = {
    "community:new_space": lambda w: {
        "name": "New",
        "visibility": "open",
        "colour": "forest",
        "language": "fr",
    },
    "community:edit_space": lambda w: {
        "name": "Own",
        "visibility": "open",
        "colour": "forest",
        "language": "fr",
    },
    "community:archive_space": lambda w: {"on": "1"},
    "community:new_thread": lambda w: {"title": "A title", "body": "Words", "kind": "discussion"},
    "community:space_members": lambda w: {"handle": w.people["trainer"].handle},
    "community:membership": lambda w: {"do": "join", "charter": "on"},
    "community:join_request": lambda w: {"admitted": "1"},
    "community:facilitators": lambda w: {"handle": w.people["member"].handle, "on": "1"},
    "community:posts": lambda w: {"body": "Words"},
    "community:vote": lambda w: {"choice": str(w.poll.choices.first().pk)},
    "community:resolution": lambda w: {"post": str(w.reply.pk)},
    "community:watch": lambda w: {"state": "watching"},
    "community:pin": lambda w: {"on": "1"},
    "community:lock": lambda w: {"on": "1"},
    "community:owner": lambda w: {"handle": w.people["member"].handle},
    "community:edit_post": lambda w: {"body": "Changed"},
    "community:removal": lambda w: {"on": "1"},
    "community:reaction": lambda w: {"on": "1"},
    "community:flag": lambda w: {"reason": "tone"},
    "community:decision": lambda w: {"kind": "keep"},
    "community:draft": lambda w: {"place": f"thread:{w.thread.pk}", "body": "Words", "sequence": "5"},
    "community:draft_removal": lambda w: {"place": f"thread:{w.thread.pk}"},
    "community:contest": lambda w: {"words": "Look again"},
    "community:attachments": lambda w: {"place": f"thread:{w.thread.pk}"},
    "courses:answers": lambda w: {"question": str(w.question.pk), "option": w.option},
    "courses:studio-new": lambda w: {"title": "New", "language": "fr", "key": KEY},
    "courses:studio-settings": lambda w: {"title": "Changed", "language": "fr"},
    "courses:studio-publication": lambda w: {"wanted": "archived", "sure": "yes"},
    "courses:studio-sections": lambda w: {"title": "More"},
    "courses:studio-section": lambda w: {"title": "More"},
    "courses:studio-modules": lambda w: {
        "title": "More",
        "kind": "text",
        "section": w.section.pk,
        "key": KEY,
    },
    "courses:studio-module": lambda w: {"title": "Changed", "minutes": "5"},
    "courses:studio-module-draft": lambda w: {"title": "Changed", "minutes": "5"},
    "courses:studio-module-publication": lambda w: {"wanted": "draft", "sure": "yes"},
    "courses:studio-compose": lambda w: {"remove": str(w.question.pk)},
    "courses:studio-caption": lambda w: {"vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nOther\n"},
    "courses:studio-sessions": lambda w: {"name": "Another run"},
    "courses:studio-session": lambda w: {"person": str(w.people["trainer"].pk)},
    "courses:studio-session-dates": lambda w: {"name": "Renamed"},
    "courses:studio-caption-removal": lambda w: {"sure": "yes"},
    "courses:studio-module-removal": lambda w: {"sure": "yes"},
    "courses:studio-question-removal": lambda w: {"sure": "yes"},
    "courses:studio-departures": lambda w: {"enrolment": str(w.enrolment.pk), "sure": "yes"},
    "people:profile": lambda w: {"name": "Renamed"},
    "people:declare_skill": lambda w: {"name": "Reading"},
    "people:settings": lambda w: {"language": "fr", "time_zone": "Europe/Paris", "theme": "system"},
    "people:grant_role": lambda w: {"role": "trainer"},
    "people:move": lambda w: {"unit": str(w.other_unit.pk), "on": "2026-01-01"},
    "people:account": lambda w: {"state": "closed"},
    "people:invitations": lambda w: {"kind": "link", "max_uses": "1", "days": "7"},
    "people:bring_in": lambda w: {"people": "newcomer@example.org", "step": "do"},
    "people:units": lambda w: {"name": "Another"},
    "people:rename_unit": lambda w: {"name": "Renamed"},
    "people:move_unit": lambda w: {"parent": ""},
    "people:join": lambda w: {"code": w.code_secret},
    "community-api:spaces": lambda w: {"name": "New"},
    "community-api:space": lambda w: {"name": "Own"},
    "community-api:membership": lambda w: {"charter_accepted": True},
    "community-api:threads": lambda w: {"title": "A title", "body": "Words"},
    "community-api:resolution": lambda w: {"post": w.reply.pk},
    "community-api:vote": lambda w: {"choice": w.poll.choices.first().pk},
    "community-api:posts": lambda w: {"body": "Words"},
    "community-api:post": lambda w: {"body": "Changed"},
    "community-api:flags": lambda w: {"reason": "tone"},
    "courses-api:progress": lambda w: {"ranges": [[0, 5]], "position": 5},
    "courses-api:answers": lambda w: {"question": w.question.pk, "options": [w.option]},
    "courses:watching": lambda w: {"ranges": [[0, 5]], "position": 5},
    "appearance": lambda w: {"theme": "dark", "next": "https://elsewhere.example/"},
}
KEY = "7d1b64ab-6f42-4d6f-8a0a-6f4d0d1a7f10"
