"""Every model that holds a person declares here how it is exported and how it is erased.

An architecture test walks all models with a key to a person and fails where one is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Handler:
    model: type[models.Model]
    export: Callable[[Any], Rows]
    erase: Callable[[Any], int]


REGISTRY: dict[type[models.Model], Handler] = {}


def register(
    model: type[models.Model],
    field: str,
    *columns: str,
    kept: bool = False,
    export: Callable[[Any], Rows] | None = None,
    erase: Callable[[Any], int] | None = None,
) -> None:
    """Declare what is a person's in a model: the rows whose `field` names them.

    They are handed over by these `columns`, and deleted; `kept` rows stay and forget whose they were. What needs more
    has functions of its own: `export(user)` returns one dict of plain values per row; `erase(user)` removes or detaches
    what names the person and returns the number of rows touched. Both are called once per request of the person.
    """
    if model in REGISTRY:
        raise ValueError(f"{model.__name__} is declared twice")

    def rows(user: Any) -> models.QuerySet:
        return model._default_manager.filter(**{field: user.pk})

    def exported(user: Any) -> Rows:
        return list(rows(user).order_by("pk").values(*columns))

    def erased(user: Any) -> int:
        return rows(user).update(**{field: None}) if kept else rows(user).delete()[0]

    REGISTRY[model] = Handler(model, export or exported, erase or erased)
