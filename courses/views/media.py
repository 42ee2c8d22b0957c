from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.access import signed_in
from core.media import serve
from courses.models import Caption, Course, Enrolment, Video
from people.requests import PersonRequest


def videos_for(user):
    """Films of modules a person follows, or writes: the address alone opens nothing."""
    mine = Enrolment.objects.begun().filter(user=user).values("session__course")
    followed = Q(module__course__in=mine, module__published_at__isnull=False)
    return Video.objects.filter(followed | Q(module__course__in=Course.objects.editable_by(user)))


@signed_in
@require_safe
def film(request: PersonRequest, pk: int) -> HttpResponseBase:
    video = get_object_or_404(videos_for(request.user), pk=pk)
    return serve(request, video.file, content_type=video.media_type)


@signed_in
@require_safe
def poster(request: PersonRequest, pk: int) -> HttpResponseBase:
    video = get_object_or_404(videos_for(request.user).exclude(poster=""), pk=pk)
    return serve(request, video.poster, content_type="image/jpeg")


@signed_in
@require_safe
def caption(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Caption.objects.filter(video__in=videos_for(request.user)), pk=pk)
    response = HttpResponse(found.vtt, content_type="text/vtt; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response
