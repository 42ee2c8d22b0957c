from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.search import Folded
from people.models.organisation import Organisation


class Profile(models.Model):
    """What a person says of themselves."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    job_title = models.CharField(_("job"), max_length=120, blank=True)
    bio = models.TextField(_("about me"), max_length=2000, blank=True)
    picture = models.ImageField(_("picture"), upload_to="people/", blank=True)
    # Attribution that a licence asks for, on imported accounts.
    source_url = models.URLField(blank=True)

    class Meta:
        indexes = [GinIndex(OpClass(Folded("job_title"), name="gin_trgm_ops"), name="profile_job_trigrams")]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class Skill(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="skill_once")]

    def __str__(self) -> str:
        return self.name


class UserSkill(models.Model):
    """A skill a person declares; validated by a trainer it makes them an expert."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="holders")
    declared_at = models.DateTimeField(auto_now_add=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    validated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "skill"], name="user_skill_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.skill_id}"


class Standing(models.Model):
    """What an author chip shows, written by whoever knows it, so that a page of posts needs no other join."""

    class Role(models.TextChoices):
        NONE = "", ""
        FACILITATOR = "facilitator", _("Facilitator")
        TRAINER = "trainer", _("Trainer")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing")
    role = models.CharField(max_length=20, choices=Role, default=Role.NONE, blank=True)
    expertise = models.CharField(max_length=80, blank=True)
    # Code of the last recognition earned; its words are translated where it is shown.
    recognition = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"standing of {self.user_id}"
