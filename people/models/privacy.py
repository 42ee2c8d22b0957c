from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """What a person agreed to, in which version, and when they took it back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.purpose}"


class DataRequest(models.Model):
    """A person asks for their data, or to be forgotten."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("A copy of my data")
        ERASURE = "erasure", _("Erase me")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    requested_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField(upload_to="privacy/", blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"
