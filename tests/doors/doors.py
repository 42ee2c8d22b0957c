"""Every door of the house: each address of the URLconf, the methods it takes, and the private thing it names here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from django.template import Variable
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.doors.world import World

READING = ("GET",)
# Pages of Django's admin and of allauth are read only here: their own suites press their buttons.
FOREIGN = ("admin:", "account_", "mfa_", "socialaccount_", "usersessions_", "openid_connect_")


class Loader(yaml.SafeLoader):
    """`!of poll.pk`: looked up when the door is tried."""


Loader.add_constructor("!of", lambda loader, node: Variable(node.value))
DOORS = yaml.load((Path(__file__).parent / "doors.yaml").read_text(), Loader)


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


def variants_of(door: Door) -> list[str]:
    route = door.route.removeprefix("api/v1/")
    if door.name == "community:join_request":
        return [""]
    return [
        "",
        *(name for start, names in DOORS["variants"].items() if route.startswith(start) for name in names),
    ]


def thing(world: World, door: Door, parameter: str, variant: str) -> Any:
    """What stands for a parameter: the segment before it tells the kind of thing."""
    route = door.route.removeprefix("api/v1/")
    before = route.split(f"<{parameter}>")[0].rstrip("/")
    segment = before.rsplit("/", 1)[-1]
    named, placed, beside = f"{door.name} {parameter}", f"{before}/", f"{segment}/"
    variants = [f"{key} {variant}" for key in (named, placed, beside)] if variant else []
    for key in [*variants, named, placed, beside]:
        if key in DOORS["things"]:
            return Variable(DOORS["things"][key]).resolve(world)
    if not door.is_ours:
        return "1"
    raise AssertionError(
        f"say in tests/doors/doors.yaml what {door.name} opens as <{parameter}> ({segment}/)"
    )


def body_of(door: Door, world: World) -> dict[str, Any]:
    """What a person would send: enough for the act to be done where it is allowed."""
    return _looked_up(DOORS["bodies"].get(door.name, {}), world)


def _looked_up(value: Any, world: World) -> Any:
    if isinstance(value, dict):
        return {name: _looked_up(one, world) for name, one in value.items()}
    if isinstance(value, list):
        return [_looked_up(one, world) for one in value]
    return value.resolve(world) if isinstance(value, Variable) else value
