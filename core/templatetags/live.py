from django import template
from django.utils.html import format_html

from core import live
from core.addresses import address_of

register = template.Library()


@register.simple_tag(takes_context=True)
def live_stream(context) -> str:
    """What assets/js/live.js needs to open the page's stream: the person's own topic and those of the view."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    live.listen(request, f"user:{user.pk}")
    topics = request.live_topics
    return format_html(
        '<meta name="palabre-live" content="{}" data-topics="{}" data-url="/live/" data-renew="{}">',
        live.token_for(user.pk, topics, getattr(user, "name", "")),
        ",".join(topics),
        address_of("live_token"),
    )
