from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.access import public
from people.actions import change_settings
from people.models import User

A_YEAR = 60 * 60 * 24 * 365
LANGUAGES = {code for code, _name in settings.LANGUAGES}


@public
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """The language and the theme: kept with the person, and on the device for who is not signed in."""
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        address = reverse("home")
    wanted = {
        "language": (request.POST.get("language"), LANGUAGES, settings.LANGUAGE_COOKIE_NAME),
        "theme": (request.POST.get("theme"), set(User.Theme.values), "theme"),
    }
    response = (
        HttpResponse(status=204) if request.headers.get("HX-Request") else HttpResponseRedirect(address)
    )
    for name, (value, allowed, cookie) in wanted.items():
        if value not in allowed:
            continue
        if request.user.is_authenticated:
            change_settings(request.user, **{name: value})
        secure = request.is_secure()
        response.set_cookie(cookie, value, max_age=A_YEAR, secure=secure, samesite="Lax", httponly=True)
    return response
