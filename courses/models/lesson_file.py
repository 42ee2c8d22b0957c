from __future__ import annotations

from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from community.models import AttachedFile
from core.addresses import address_of
from courses.models.module import Module
from people.models import User
from people.reader import Reader


class LessonFileQuerySet(models.QuerySet["LessonFile"]):
    def readable_by(self, user: User | Reader) -> LessonFileQuerySet:
        """Files that a text one may read shows, and all of the modules one writes."""
        address = Concat(Value("/media/lessons/"), Cast(F("pk"), CharField()), Value("/"))
        shown = Q(module__in=Module.objects.readable_by(user), module__html__contains=address)
        return self.filter(shown | Q(module__in=Module.objects.editable_by(user)))


class LessonFile(AttachedFile):
    """A picture or file put into the text of a module; one that no text of it shows is removed after a day."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="lessons/%Y/%m/")

    objects = LessonFileQuerySet.as_manager()

    def get_absolute_url(self) -> str:
        return address_of("courses:lesson-file", self.pk, self.name)
