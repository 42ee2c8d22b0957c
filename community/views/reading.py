from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community import actions
from community.models import Space, Thread
from community.queries.drafts import drafts_of
from community.views.answering import done
from core.access import signed_in
from core.confirming import question_before
from core.errors import Refused
from core.numbers import whole
from people.requests import PersonRequest


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: PersonRequest) -> HttpResponse:
    """GET lists what one has begun to write; POST keeps what is being written: `place`, `title`, `body`, `sequence`."""
    if request.method != "POST":
        return render(request, "community/drafts.html", {"drafts": drafts_of(request.user)})
    sequence = whole(request.POST.get("sequence"))
    try:
        actions.save_draft(
            request.user,
            place=request.POST.get("place", ""),
            title=request.POST.get("title", ""),
            body=request.POST.get("body", ""),
            fields=request.POST.dict(),
            sequence=-1 if sequence is None else sequence,
        )
    except Refused as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return HttpResponse(status=204)


@signed_in
@require_POST
def draft_removal(request: PersonRequest) -> HttpResponse:
    """What was begun at this `place` is no longer wanted: asked first, for nothing brings the words back."""
    drafts = reverse("community:draft")
    asked = question_before(
        request,
        title=_("Remove this draft?"),
        words=_("Its text is nowhere else: it will be gone for good."),
        yes=_("Remove the draft"),
        back=drafts,
    )
    if asked is not None:
        return asked
    actions.discard_draft(request.user, place=request.POST.get("place", ""))
    return done(request, _("The draft was removed."), back=drafts)


@signed_in
@require_POST
def attach(request: PersonRequest) -> HttpResponse:
    """A file put into a composer: `file`, and the `place` of the composer, which says who will read it."""
    space, thread = _space_of(request)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"detail": "file"}, status=422)
    try:
        attachment = actions.attach_file(space, user=request.user, upload=upload, thread=thread)
    except Refused as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return JsonResponse({"markdown": attachment.markdown}, status=201)


def _space_of(request: PersonRequest) -> tuple[Space, Thread | None]:
    kind, _, rest = request.POST.get("place", "").partition(":")
    pk = whole(rest.split(":")[0]) or 0
    if kind == "space":
        return get_object_or_404(Space.objects.readable_by(request.user), pk=pk), None
    threads = Thread.objects.visible_to(request.user).select_related("space")
    where = {"posts__pk": pk} if kind == "post" else {"pk": pk}
    thread = get_object_or_404(threads.distinct(), **where)
    return thread.space, thread
