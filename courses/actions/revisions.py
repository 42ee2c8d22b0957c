"""Saving a module as a whole, with what it said before kept: nobody's words go under somebody else's."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from courses.actions.modules import FIELDS, save_module, set_rules
from courses.actions.questions import set_quiz
from courses.models import Module, ModuleDraft, ModuleRevision


class ChangedMeanwhile(Refused):
    """Somebody else saved the module after the person had opened it."""

    def __init__(self, module: Module) -> None:
        super().__init__(_("Somebody else saved this module while you were writing."), "changed")
        self.module = module


def state_of(module: Module) -> dict[str, Any]:
    """All that the page of a module's author can change, its film and its questions aside."""
    state: dict[str, Any] = {name: getattr(module, name) for name in FIELDS}
    state["rules"] = dict(module.rules.values_list("kind", "threshold"))
    if module.kind == Module.Kind.QUIZ:
        state["quiz"] = {"pass_mark": module.quiz.pass_mark, "max_attempts": module.quiz.max_attempts}
    return state


@transaction.atomic
def save_state(module: Module, *, by, edition: int, state: dict[str, Any]) -> Module:
    """Saves what `state` holds of `state_of`, for somebody who began from `edition`; ChangedMeanwhile if the module
    is further. What it said before stays in its history; the person's draft has done its work."""
    locked = (
        Module.objects.select_for_update(of=("self",)).select_related("course", "section").get(pk=module.pk)
    )
    if locked.edition != edition:
        raise ChangedMeanwhile(locked)
    before = state_of(locked)
    fields = {name: value for name, value in state.items() if name in FIELDS and value != before[name]}
    if fields:
        save_module(locked, by=by, **fields)
    if state.get("rules") is not None and state["rules"] != before["rules"]:
        set_rules(locked, by=by, rules=state["rules"])
    if state.get("quiz") is not None and state["quiz"] != before.get("quiz"):
        set_quiz(locked.quiz, by=by, **state["quiz"])
    _remember(locked, before, by)
    discard_module_draft(locked, user=by)
    return locked


@transaction.atomic
def restore_revision(revision: ModuleRevision, *, by) -> Module:
    """Gives the module what it said then; what it says now stays in its history too."""
    module = Module.objects.select_for_update(of=("self",)).get(pk=revision.module_id)
    return save_state(module, by=by, edition=module.edition, state=revision.state)


@transaction.atomic
def keep_module_draft(module: Module, *, user, edition: int, fields: dict[str, str]) -> ModuleDraft:
    draft, _created = ModuleDraft.objects.update_or_create(
        module=module,
        user=user,
        defaults={"edition": edition, "fields": fields, "saved_at": timezone.now()},
    )
    return draft


def discard_module_draft(module: Module, *, user) -> None:
    ModuleDraft.objects.filter(module=module, user=user).delete()


def _remember(module: Module, before: dict[str, Any], by) -> None:
    after = state_of(module)
    if after == before:
        return
    if not module.revisions.exists():
        ModuleRevision.objects.create(module=module, number=module.edition, by=None, state=before)
    module.edition += 1
    module.save(update_fields=["edition"])
    ModuleRevision.objects.create(module=module, number=module.edition, by=by, state=after)
