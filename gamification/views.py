from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.access import signed_in
from gamification.queries import recognitions_of
from people.models import User
from people.queries.person_card import PersonCard


@signed_in
@require_safe
def recognitions(request: HttpRequest, handle: str) -> HttpResponse:
    """What a person is recognised for: a page, or the fragment that their profile pulls in."""
    shown = get_object_or_404(User.objects.visible_to(request.user), handle=handle)
    context = {"shown": PersonCard.of(shown), "recognitions": recognitions_of(shown)}
    name = "recognition_list" if request.htmx else "recognitions"  # type: ignore[attr-defined]
    return render(request, f"gamification/{name}.html", context)
