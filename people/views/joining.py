from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access import public, signed_in
from core.errors import Refused
from people.actions import find_invitation
from people.adapter import SESSION_KEY
from people.forms import CodeForm
from people.requests import PersonRequest


@public
@rate_limit(action="join")
@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link of invitation: it is remembered, and the sign-up form opens."""
    try:
        find_invitation(token)
    except Refused as refusal:
        return render(request, "people/join.html", {"form": CodeForm(), "refusal": refusal}, status=422)
    request.session[SESSION_KEY] = token
    return redirect("account_signup")


@public
@rate_limit(action="join")
@require_http_methods(["GET", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return render(
            request, "people/join.html", {"form": form, "refusal": ""}, status=422 if form.is_bound else 200
        )
    try:
        find_invitation(form.cleaned_data["code"])
    except Refused as refusal:
        form.add_error("code", str(refusal))
        return render(request, "people/join.html", {"form": form, "refusal": ""}, status=422)
    request.session[SESSION_KEY] = form.cleaned_data["code"]
    return redirect("account_signup")


@signed_in
@require_safe
def welcome(request: PersonRequest) -> HttpResponse:
    """The first page after signing up: how to sign in next time, and where to begin."""
    return render(request, "people/welcome.html", {"organisation": request.user.organisation})
