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
    model: type[models.Model], *, export: Callable[[Any], Rows], erase: Callable[[Any], int]
) -> None:
    """Declare the handlers of a model.

    `export(user)` returns one dict of plain values per row; `erase(user)` removes or detaches what names
    the person and returns the number of rows touched. Both are called once per request of the person.
    """
    if model in REGISTRY:
        raise ValueError(f"{model.__name__} is declared twice")
    REGISTRY[model] = Handler(model, export, erase)


def rows_of(model: type[models.Model], field: str, *columns: str) -> Callable[[Any], Rows]:
    """An export of the named columns of a person's rows, in the order they were made."""

    def export(user) -> Rows:
        return list(model._default_manager.filter(**{field: user.pk}).order_by("pk").values(*columns))

    return export


def delete_rows(model: type[models.Model], field: str) -> Callable[[Any], int]:
    """An erasure that deletes a person's rows."""

    def erase(user) -> int:
        return model._default_manager.filter(**{field: user.pk}).delete()[0]

    return erase


def detach_rows(model: type[models.Model], field: str, **blank: Any) -> Callable[[Any], int]:
    """An erasure that keeps the rows and forgets whose they were."""

    def erase(user) -> int:
        return model._default_manager.filter(**{field: user.pk}).update(**{field: None, **blank})

    return erase
