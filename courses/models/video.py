from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.module import Module


class Video(models.Model):
    """The moving picture of a module, served as it was uploaded."""

    module = models.OneToOneField(Module, on_delete=models.CASCADE, related_name="video")
    file = models.FileField(_("file"), upload_to="videos/%Y/%m/")
    poster = models.ImageField(_("poster"), upload_to="videos/%Y/%m/", blank=True)
    media_type = models.CharField(max_length=40)
    size = models.BigIntegerField()
    # Seconds.
    duration = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"video of {self.module_id}"


class Caption(models.Model):
    """Captions in one language, as WebVTT; their cues are the transcript."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    vtt = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "language"], name="caption_language_once")]

    def __str__(self) -> str:
        return f"{self.language} captions of {self.video_id}"


class Cue(models.Model):
    caption = models.ForeignKey(Caption, on_delete=models.CASCADE, related_name="cues")
    # Seconds from the beginning of the video.
    start = models.FloatField()
    end = models.FloatField()
    text = models.TextField()

    class Meta:
        ordering = ["start"]
        indexes = [models.Index(fields=["caption", "start"], name="cue_in_order")]

    def __str__(self) -> str:
        return self.text
