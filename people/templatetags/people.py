"""For pages of others in Django's language."""

from django import template
from django.utils.translation import gettext as _

from people.devices import name_device

register = template.Library()


@register.simple_tag
def device(user_agent: str) -> str:
    return name_device(user_agent) or _("A browser that does not say its name")
