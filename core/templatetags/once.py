"""What a page says alike each time is written once for each language: an eighth of a page's cost was finding it again.

These tags stand in for Django's of the same name, and do what they do.
"""

from typing import Any

from django import template
from django.template import Context, Node, NodeList, Variable
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import do_translate
from django.templatetags.static import do_static
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.addresses import address_of
from core.drawn import Drawn

register = template.Library()
# One for each person and place, for what stands around a page.
LOOKS_AT_MOST = 500


class Same(Node):
    """A node whose words depend on the language alone; `name` is the variable they go to, if any."""

    def __init__(self, node: Node, name: str | None) -> None:
        self.node, self.name = node, name
        self.said: Drawn[str] = Drawn(at_most=10)

    def render(self, context: Context) -> str:
        said = self.said.get((get_language(), context.autoescape), lambda: self.node.render(context))
        if self.name is None:
            return said
        context[self.name] = said
        return ""


def same(node: Any, name: str, *expressions: Any) -> Node:
    """`node` unless the expressions it is made of hold no variable; `name` is its attribute for “as variable”."""
    if not all(_is_literal(one) for one in expressions):
        return node
    variable = getattr(node, name)
    setattr(node, name, None)
    return Same(node, variable)


def _is_literal(expression: Any) -> bool:
    if isinstance(expression, FilterExpression):
        if expression.filters:
            return False
        expression = expression.var
    return not isinstance(expression, Variable) or expression.literal is not None


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    node = do_translate(parser, token)
    return node if node.message_context else same(node, "asvar", node.filter_expression)


class Address(Node):
    """`{% url %}`: the same name and arguments have the same address. Where there is no such page, “as variable”
    leaves the variable empty; a link to it is an error."""

    def __init__(self, node: URLNode) -> None:
        self.name, self.args, self.kwargs, self.variable = node.view_name, node.args, node.kwargs, node.asvar

    def render(self, context: Context) -> str:
        args = [one.resolve(context) for one in self.args]
        kwargs = {name: one.resolve(context) for name, one in self.kwargs.items()}
        name = self.name.resolve(context)
        try:
            address = address_of(name, *args, **kwargs)
        except NoReverseMatch:
            if self.variable is None:
                raise
            address = ""
        if self.variable is None:
            return conditional_escape(address) if context.autoescape else address
        context[self.variable] = address
        return ""


@register.tag
def url(parser: Parser, token: Token) -> Address:
    return Address(django_url(parser, token))


@register.tag
def static(parser: Parser, token: Token) -> Node:
    node = do_static(parser, token)
    return same(node, "varname", node.path)


class Once(Node):
    def __init__(self, content: NodeList, values: list[FilterExpression]) -> None:
        self.content, self.values = content, values
        self.drawn: Drawn[SafeString] = Drawn(LOOKS_AT_MOST)

    def render(self, context: Context) -> SafeString:
        look = get_language(), *(value.resolve(context) for value in self.values)
        return self.drawn.get(look, lambda: self.content.render(context))


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """`{% once a b %}…{% endonce %}`: draws what is between once for each language and each of these values.

    Nothing between may depend on anything else: no moment, no token against forged requests, no variable set for
    what comes after. While developing, templates are read anew and nothing is kept.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    content = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(content, values)
