from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.access import signed_in
from core.limits import limited
from core.media import serve
from core.numbers import whole
from people.models import Profile, Skill, Unit, User
from people.queries.directory import directory, directory_row, person_page, person_relations
from people.queries.person_card import PersonCard
from people.requests import PersonRequest
from people.rules import is_trainer

PER_PAGE = 24
SUGGESTED = 8


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    organisation = request.user.organisation_id
    units = Unit.objects.filter(organisation=organisation)
    asked = whole(request.GET.get("unit"))
    unit = units.filter(pk=asked).first() if asked else None
    people = directory(request.user, words=words, skill=whole(request.GET.get("skill")), unit=unit)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [directory_row(one) for one in page.object_list],
        "words": words,
        "units": units,
        "unit": unit,
        "skills": Skill.objects.filter(organisation=organisation),
        "skill": whole(request.GET.get("skill")),
    }
    return render(request, "people/directory.html", context)


@signed_in
@require_safe
def person(request: PersonRequest, handle: str) -> HttpResponse:
    people = User.objects.visible_to(request.user).select_related("profile", "standing")
    shown = get_object_or_404(people.prefetch_related(*person_relations()), handle=handle)
    may_validate = is_trainer(request.user) and shown.pk != request.user.pk
    context = {"shown": person_page(shown), "may_validate": may_validate}
    return render(request, "people/person.html", context)


@signed_in
@require_safe
@limited
def suggest(request: PersonRequest) -> HttpResponse:
    """Colleagues whose name or identifier begins with what follows the @ in a message."""
    words = request.GET.get("q", "").strip()[:60]
    named = Q(name__unaccent__istartswith=words) | Q(name__unaccent__icontains=f" {words}")
    people = (
        User.objects.visible_to(request.user).active().filter(named | Q(handle__startswith=words.lower()))
    )
    found = people.select_related("profile").order_by("name")[:SUGGESTED] if words else []
    return render(request, "people/suggest.html", {"people": [PersonCard.of(one) for one in found]})


@signed_in
@require_safe
def picture(request: PersonRequest, name: str) -> HttpResponseBase:
    """The picture of a colleague, as it was written anew when it was uploaded."""
    colleagues = User.objects.visible_to(request.user)
    profile = get_object_or_404(Profile, user__in=colleagues, picture=f"people/{name}")
    response = serve(request, profile.picture, content_type="image/webp")
    # A changed picture has another name.
    response["Cache-Control"] = "private, max-age=604800, immutable"
    return response
