from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from core.access import signed_in
from core.errors import Refused
from core.media import serve
from courses import actions
from courses.models import Caption, Course, Enrolment, LessonFile, Video
from courses.views.authoring import author, module_of
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


@signed_in
@require_safe
def lesson_file(request: PersonRequest, pk: int, name: str) -> HttpResponseBase:
    """A picture or file of a text, for who may read the text."""
    found = get_object_or_404(LessonFile.objects.readable_by(request.user), pk=pk)
    return serve(request, found.file, content_type=found.media_type, filename=found.name)


@author
@require_POST
def put_into_lesson(request: PersonRequest, pk: int) -> HttpResponse:
    """A `file` that its author pastes, drops or chooses: answers with what to write in the text for it."""
    module = module_of(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"detail": "file"}, status=422)
    try:
        file = actions.put_into_lesson(module, by=request.user, upload=upload)
    except Refused as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return JsonResponse({"markdown": file.markdown}, status=201)
