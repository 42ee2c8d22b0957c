from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.post_drawing import PostDrawing
from community.post_moulds import icons_of_posts
from community.post_words import as_clock
from community.queries.conversation import Branch, Conversation
from community.queries.threads import ThreadRow
from community.thread_drawing import draw_threads, kind_badge
from core.markdown import excerpt

register = template.Library()


register.simple_tag(icons_of_posts, name="post_icons")
register.simple_tag(kind_badge)


@register.simple_tag
def replies(talk: Conversation) -> SafeString:
    """The items of the list of replies."""
    return PostDrawing(talk).replies()


@register.simple_tag
def changed_posts(talk: Conversation) -> SafeString:
    """Posts one by one, for a page that is open: it puts each where it belongs. The opening post is its own."""
    drawing = PostDrawing(talk)
    items = ((drawing.item(Branch(post, [])),) for post in talk.posts if post.number > 1)
    return format_html_join("", "{}", items)


@register.simple_tag
def post_actions(talk: Conversation) -> SafeString:
    """The actions under the opening post."""
    return PostDrawing(talk).actions(talk.opening) if talk.opening else SafeString()


@register.simple_tag
def thread_rows(rows: Iterable[ThreadRow]) -> SafeString:
    """The items of a list of threads, drawn in Python as the posts are."""
    return draw_threads(rows)


@register.simple_tag
def draft_place(kind: str, pk: int, reply_to: int | None = None) -> str:
    """Where the draft of a composer is kept."""
    return f"{kind}:{pk}:reply:{reply_to}" if reply_to else f"{kind}:{pk}"


@register.filter
def clock(seconds: int) -> str:
    return as_clock(seconds)


@register.filter
def shortened(html: str | None, length: int = 160) -> str:
    """The first words of a rendered text."""
    return excerpt(html or "", length)


@register.filter
def in_words(delay) -> str:
    """A delay as people say it: 18 min, 3 h, 2 days."""
    minutes = int(delay.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


@register.simple_tag
def share_bar(number: int, total: int, mine: bool) -> SafeString:
    """A share of the votes as a bar: an SVG, since the page allows no inline style."""
    width = round(100 * number / total, 1) if total else 0
    return format_html(
        '<svg class="w-full h-2.5 rounded-full bg-base-300 {}" viewBox="0 0 100 10" preserveAspectRatio="none" '
        'aria-hidden="true"><rect width="{}" height="10" rx="0" fill="currentColor"/></svg>',
        "text-primary" if mine else "text-info/60",
        f"{width}",
    )
