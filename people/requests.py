from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from people.models import User


class PersonRequest(HttpRequest):
    """A request of somebody signed in, as the login middleware lets through: what views annotate."""

    user: User
    htmx: HtmxDetails
