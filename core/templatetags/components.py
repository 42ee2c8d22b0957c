"""The frame and the components of our pages, for templates of others in Django's language."""

from typing import Any, cast

from django import template
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def component(name: str, *args: Any, **props: Any) -> SafeString:
    """`{% component "button" words kind="ghost" %}`: a macro of templates/components/ui.html."""
    environment = cast(Jinja2, engines["jinja2"]).env
    return getattr(environment.get_template("components/ui.html").module, name)(*args, **props)


@register.simple_block_tag
def card(content: SafeString, **props: Any) -> SafeString:
    """`{% card title=words %} … {% endcard %}`: the macro `card` around what is between."""
    return component("card", caller=lambda: content, **props)


@register.simple_block_tag(takes_context=True)
def part(context: template.Context, content: SafeString, name: str) -> str:
    """`{% part "frame_title" %} … {% endpart %}`: keeps what is between for the frame."""
    context[name] = content.strip()
    return ""


class Frame(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        content = self.nodelist.render(context)
        parts = {
            "content": content,
            "title": context.get("frame_title", ""),
            "head": context.get("frame_head", ""),
        }
        return render_to_string("frame/foreign.html", parts, request=context["request"])


@register.tag
def frame(parser: Parser, token: Token) -> Frame:
    """`{% frame %} … {% endframe %}`: the frame of every page (templates/frame/foreign.html) around what is between."""
    nodelist = parser.parse(("endframe",))
    parser.delete_first_token()
    return Frame(nodelist)
