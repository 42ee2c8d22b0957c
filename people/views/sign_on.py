import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect.views import login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from core.access import public

PROVIDER = "sso"  # as lms/settings/accounts.py names it


@public
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """allauth's own view, which has no answer when the provider does not answer."""
    try:
        return login(request, provider_id=PROVIDER)
    except requests.RequestException as error:
        provider = get_adapter().get_provider(request, PROVIDER)
        return render_authentication_error(request, provider, exception=error)
