"""From a person to a question that names them, in a space that one shares with them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from community.models import Thread
from community.queries.spaces import spaces_shared
from core.access import signed_in
from people.models import User
from people.queries.person_card import PersonCard
from people.requests import PersonRequest


@signed_in
@require_safe
def ask(request: PersonRequest, handle: str) -> HttpResponse:
    """To the composer where one space is shared; to choose among several; a sentence where there is none."""
    colleagues = User.objects.visible_to(request.user).active().exclude(pk=request.user.pk)
    person = get_object_or_404(colleagues.select_related("profile", "standing"), handle=handle)
    asked = urlencode({"kind": Thread.Kind.QUESTION, "to": person.handle})
    spaces = [
        (space, f"{reverse('community:new_thread', args=[space.slug])}?{asked}")
        for space in spaces_shared(request.user, person)
    ]
    if len(spaces) == 1:
        return redirect(spaces[0][1])
    return render(request, "community/ask.html", {"person": PersonCard.of(person), "spaces": spaces})
