from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from people.models import User


class PersonRequest(HttpRequest):
    """A request of somebody signed in, as the login middleware lets through: what views annotate."""

    user: User
    htmx: HtmxDetails
    # The address of what a page belongs to, for the side bar; only where its own does not say.
    place: str


class PersonApiRequest(Request):
    """The same for the API, whose permission lets nobody else through."""

    user: User
