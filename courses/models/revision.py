from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models.module import Module


class ModuleRevision(models.Model):
    """What a module said after it was saved: who saved it, when. The first one is what was there before any."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="revisions")
    # The `Module.edition` that this saving made.
    number = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # {"title": …, "body": …, "rules": {kind: threshold}, "quiz": {"pass_mark": …, "max_attempts": …}}
    state: models.JSONField[dict[str, Any]] = models.JSONField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["module", "number"], name="module_revision_once")]

    def __str__(self) -> str:
        return f"module {self.module_id}, edition {self.number}"


class ModuleDraft(models.Model):
    """What somebody has typed in a module's page and not saved yet."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The edition of the module that the person began from.
    edition = models.PositiveIntegerField()
    # The fields of the page's form as they were sent: {name: text}; a box that is not ticked is absent.
    fields: models.JSONField[dict[str, str]] = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["module", "user"], name="module_draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.user_id} for module {self.module_id}"
