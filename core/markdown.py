"""Markdown that people write, rendered once, on write, to HTML that is safe to store and show.

Two lines of defence: markdown-it never lets HTML through, and nh3 keeps only what is listed here.
When the output changes, RENDERER_VERSION goes up and stored texts are rendered again from their source.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import nh3
from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup
from django.conf import settings
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdownify import MarkdownConverter
from mdit_py_plugins.container import container_plugin

from core.errors import Refused
from core.words import is_visible

RENDERER_VERSION = 2
MAX_LENGTH = 40_000
MAX_NESTING = 20
MAX_TOKENS = 20_000
MAX_MARKS = 2_000
HANDLE = re.compile(r"@([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?!\w)", re.IGNORECASE)
LANGUAGE_CLASS = re.compile(r"language-[A-Za-z0-9+#_.-]{1,20}")
TAGS = (
    "a blockquote br code del details div em h2 h3 h4 h5 h6 hr img li ol p pre s strong summary"
    " table tbody td th thead tr ul"
)
TASK_SIGNS = {"[ ] ": "☐", "[x] ": "☑"}
_DECLARATION = re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE)
# An address is told by its beginning and needs no escape; underscores inside words mark nothing.
_ADDRESS = re.compile(r"https?://[\w./?=&%#+:;,@~-]*[\w/]")
_HOST_NAMED = re.compile(r"(?<![\w.-])((?:[\w-]+\.)+[a-z]{2,})(?![\w-])", re.IGNORECASE)
_MARK = re.compile(r"[\\`*\[\]<~|]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]|$)|!$")
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓ")
SPOILER = re.compile(r"spoiler(?:\s+(?P<title>.*))?", re.IGNORECASE)

ResolveMentions = Callable[[set[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Rendered:
    """`mentions` holds the handles that the text calls, outside quotes, each once and in the order of the text."""

    html: str
    mentions: tuple[str, ...] = ()


def render(text: str, *, resolve_mentions: ResolveMentions | None = None) -> Rendered:
    """What people say to each other: a line break is a line break, headings stay below those of the page.

    `resolve_mentions` is called once with the lowercase handles of the text and answers {handle: url}
    for those that may be linked; the others stay plain text. Raises Refused when the text is too long.
    """
    return _render(_talk, text, resolve_mentions)


def render_document(text: str) -> Rendered:
    """A page of a course: lines flow together as in any Markdown file, and nobody is called by a mention."""
    return _render(_document, text, None)


def excerpt(html: str, n: int) -> str:
    """The first `n` characters of what a rendered text says, cut between words; spoilers stay hidden."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    text = " ".join("".join(reader.parts).split())
    if len(text) <= n:
        return text
    cut = text[: max(n - 1, 0)]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:.") + "…"


def says_something(html: str) -> bool:
    """Whether a rendered text holds words, a sign or a picture of its own: neither quoted nor unseen."""
    reader = _OwnWords()
    reader.feed(html)
    reader.close()
    return reader.found


def to_markdown(html: str) -> str:
    """The Markdown source of HTML that comes from elsewhere; pictures become links to where they are.

    HTML that nothing can read keeps its words only.
    """
    try:
        # "<![0]" and its like, which html.parser gives up on, are words; a declaration has no word to keep.
        soup = BeautifulSoup(re.sub(r"<!(?!--)", "&lt;!", _DECLARATION.sub("", html)), "html.parser")
        for dangerous in soup(["script", "style", "template", "iframe", "object"]):
            dangerous.decompose()
        converter = _Converter(heading_style="ATX", bullets="-", autolinks=False, wrap=True, wrap_width=None)
        return re.sub(r"\n{3,}", "\n\n", converter.convert_soup(soup)).strip()
    except (ParserRejectedMarkup, AssertionError, RecursionError, ValueError, OverflowError):
        return literal(" ".join(unescape(_words_only.clean(html)).split()))


def literal(text: str) -> str:
    """The Markdown source that shows a plain text as it is: every sign that would be a mark is escaped."""
    lines = (line.strip() for line in clean_source(text).split("\n"))
    return "\n".join(_escaped(line) for line in lines)


def _escaped(text: str) -> str:
    parts, start = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_MARK.sub(r"\\\g<0>", text[start : address.start()]), address[0]]
        start = address.end()
    escaped = "".join([*parts, _MARK.sub(r"\\\g<0>", text[start:])])
    # What would begin a heading, a list, a quote, a line or a spoiler.
    return re.sub(r"^(\s*)([#>+=:-]|\d{1,9}(?=[.)])|[.)](?=\s|$))", _at_the_start, escaped)


def _at_the_start(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def clean_source(text: str) -> str:
    """The text as it can be stored: no NUL, no lone surrogate, line ends as Unix writes them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _render(parser: MarkdownIt, text: str, resolve: ResolveMentions | None) -> Rendered:
    if len(text) > MAX_LENGTH:
        raise Refused(_("This text is too long: %(limit)d characters at most.") % {"limit": MAX_LENGTH})
    source = clean_source(text)
    # A table of 300 columns over 600 empty lines is typed in 2,000 characters and takes a second to read.
    lines = source.split("\n")
    cells = max(line.count("|") for line in lines) * len(lines)
    tokens = parser.parse(source, {}) if cells <= MAX_TOKENS else []
    if max(cells, len(tokens)) > MAX_TOKENS:
        raise Refused(_("This text holds too many list items or table cells. Make several of it."))
    mentions = [token for token in _inline(tokens) if token.type == "mention"]
    handles = dict.fromkeys(token.meta["handle"] for token in mentions)
    urls = dict(resolve(set(handles))) if resolve and handles else {}
    for token in mentions:
        token.meta["url"] = urls.get(token.meta["handle"])
    html = parser.renderer.render(tokens, parser.options, {})
    called = dict.fromkeys(_called(tokens))
    return Rendered(_cleaner.clean(html), tuple(handle for handle in called if urls.get(handle)))


def _called(tokens: Iterable[Token]) -> Iterable[str]:
    """The handles that the text itself calls: who is named in what it quotes was called there."""
    depth = 0
    for token in tokens:
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if not depth:
            yield from (child.meta["handle"] for child in token.children or () if child.type == "mention")


def _inline(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield from token.children or ()


# Rules of the parser


def _mention(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "@" or state.linkLevel:
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    found = HANDLE.match(state.src, state.pos)
    if found is None or before.isalnum() or before in "_@/." or found.end() > state.posMax:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content = found.group()
        token.meta = {"handle": found.group(1).lower()}
    state.pos = found.end()
    return True


def _order_headings(first: int) -> Callable[[StateCore], None]:
    """Headings begin at `first` and never skip a level, whatever was typed: a page has one outline."""

    def rule(state: StateCore) -> None:
        open_levels: list[int] = []
        for token in state.tokens:
            if token.type == "heading_open":
                typed = int(token.tag[1])
                while open_levels and open_levels[-1] >= typed:
                    open_levels.pop()
                open_levels.append(typed)
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(first + len(open_levels) - 1, 6)}"

    return rule


def _keep_own_images(state: StateCore) -> None:
    """A picture from elsewhere would tell another host who reads what: it becomes a link."""
    for token in state.tokens:
        if not token.children or not any(child.type == "image" for child in token.children):
            continue
        kept: list[Token] = []
        depth = 0
        for child in token.children:
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            source = str(child.attrs.get("src", ""))
            if child.type != "image" or _is_ours(source):
                kept.append(child)
            else:
                kept.extend(_as_link(child, source, inside_link=depth > 0))
        token.children = kept


def _bound_marks(state: StateCore) -> None:
    """Pairing the stars of one paragraph takes the square of their number: so many mean themselves."""
    for token in state.tokens:
        if token.type == "inline" and len(re.findall(r"\*+|_+|~+", token.content)) > MAX_MARKS:
            token.content = re.sub(r"[*_~]", r"\\\g<0>", token.content)


def _show_where_links_lead(state: StateCore) -> None:
    """A link whose words call somebody or name another site has its real place beside it."""
    for token in state.tokens:
        if not token.children or not any(child.type == "link_open" for child in token.children):
            continue
        kept: list[Token] = []
        words = address = ""
        for child in token.children:
            kept.append(child)
            if child.type == "link_open":
                words, address = "", str(child.attrs.get("href", ""))
            elif child.type == "link_close" and _misleads(words, address):
                kept.append(Token("text", "", 0, content=f" ({_host(address) or address})"))
            else:
                words += child.content
        token.children = kept


def _tick_tasks(state: StateCore) -> None:
    """`- [x] done`: the sign is a character, since a box nobody can tick would only mislead."""
    for item, _paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type != "list_item_open" or inline.type != "inline" or not inline.children:
            continue
        first = inline.children[0]
        sign = TASK_SIGNS.get(first.content[:4].lower()) if first.type == "text" else None
        if sign:
            first.content = f"{sign} {first.content[4:]}"
            item.attrSet("class", "task")


def _host(address: str) -> str:
    found = re.match(r"https?://(?:[^/?#]*@)?([^/?#:]+)", address, re.IGNORECASE)
    return found[1].lower().removeprefix("www.") if found else ""


def _misleads(words: str, address: str) -> bool:
    if address.startswith("mailto:"):
        return False
    named = _HOST_NAMED.search(unicodedata.normalize("NFKC", words))
    if named is not None and "@" not in words:
        return named[1].lower().removeprefix("www.") != _host(address)
    return HANDLE.search(unicodedata.normalize("NFKC", words)) is not None


def _is_ours(source: str) -> bool:
    return source.startswith(settings.MEDIA_URL) and ".." not in source and "\\" not in source


def _as_link(image: Token, source: str, *, inside_link: bool) -> list[Token]:
    words = Token("text", "", 0, content=image.content or source)
    if inside_link or not source:
        return [words]
    return [Token("link_open", "a", 1, attrs={"href": source}), words, Token("link_close", "a", -1)]


# Rules of the renderer: (renderer, tokens, index, options, env) -> html


def _show_mention(renderer, tokens, index, options, env) -> str:
    token = tokens[index]
    words, url = escapeHtml(token.content), token.meta.get("url")
    return f'<a class="mention" href="{escapeHtml(url)}">{words}</a>' if url else words


def _show_spoiler(renderer, tokens, index, options, env) -> str:
    token = tokens[index]
    if token.nesting != 1:
        return "</details>\n"
    found = SPOILER.fullmatch(token.info.strip())
    title = (found and found["title"]) or "Spoiler"
    return f'<details class="spoiler"><summary>{escapeHtml(title)}</summary>\n'


def _open_table(renderer, tokens, index, options, env) -> str:
    return '<div class="scroll" tabindex="0"><table>\n'


def _close_table(renderer, tokens, index, options, env) -> str:
    return "</table></div>\n"


def _parser(*, headings_from: int, line_breaks: bool, mentions: bool) -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": line_breaks, "maxNesting": MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    # main.py and README.md are names, not hosts in Paraguay and Moldova: only whole addresses become links.
    if parser.linkify:
        parser.linkify.set({"fuzzy_link": False})
    parser.use(container_plugin, "spoiler", validate=_is_spoiler, render=_show_spoiler)
    if mentions:
        parser.inline.ruler.after("escape", "mention", _mention)
        parser.add_render_rule("mention", _show_mention)
    parser.core.ruler.before("inline", "bound_marks", _bound_marks)
    parser.core.ruler.push("order_headings", _order_headings(headings_from))
    parser.core.ruler.push("keep_own_images", _keep_own_images)
    parser.core.ruler.push("show_where_links_lead", _show_where_links_lead)
    parser.core.ruler.push("tick_tasks", _tick_tasks)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    return parser


def _is_spoiler(info: str, _markup: str) -> bool:
    return SPOILER.fullmatch(info.strip()) is not None


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("code", "class"):
        return value if LANGUAGE_CLASS.fullmatch(value) else None
    return value


_talk = _parser(headings_from=4, line_breaks=True, mentions=True)
_document = _parser(headings_from=2, line_breaks=False, mentions=False)
_cleaner = nh3.Cleaner(
    tags=set(TAGS.split()),
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href", "title"},
        "code": {"class"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
    },
    tag_attribute_values={"div": {"tabindex": {"0"}}},
    allowed_classes={
        "a": {"mention"},
        "details": {"spoiler"},
        "div": {"scroll"},
        "li": {"task"},
    },
    set_tag_attribute_values={"img": {"loading": "lazy"}, "pre": {"tabindex": "0"}},
    attribute_filter=_filter_attribute,
    link_rel="nofollow ugc noopener",
    url_schemes={"http", "https", "mailto"},
)


_words_only = nh3.Cleaner(tags=set(), clean_content_tags={"script", "style"})


# What a composer writes for a picture nobody described: its file's name says nothing to who reads.
_PICTURE_NAME = re.compile(r"\.(?:avif|bmp|gif|heic|jpe?g|png|svg|tiff?|webp)\Z", re.IGNORECASE)


class _TextReader(HTMLParser):
    """The words of rendered HTML, without what hides in a spoiler and the names of files of pictures."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag == "details"
        if tag not in ("a", "code", "del", "em", "s", "strong"):
            self.parts.append(" ")
        if tag == "img" and not self.hidden:
            words = dict(attrs).get("alt") or ""
            self.parts.append("" if _PICTURE_NAME.search(words) else words)

    def handle_endtag(self, tag):
        self.hidden = max(self.hidden - (tag == "details"), 0)
        if tag not in ("a", "code", "del", "em", "s", "strong"):
            self.parts.append(" ")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


class _OwnWords(HTMLParser):
    """Looks for what the writer of rendered HTML says: not what they quote, nor the title of a spoiler."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = False
        self.outside = 0

    def handle_starttag(self, tag, attrs):
        self.outside += tag in ("blockquote", "summary")
        self.found |= tag == "img" and not self.outside

    def handle_endtag(self, tag):
        self.outside -= tag in ("blockquote", "summary")

    def handle_data(self, data):
        self.found |= not self.outside and is_visible(data)


class _Converter(MarkdownConverter):
    def escape(self, text, parent_tags):
        return _escaped(text)

    def convert_a(self, el, text, parent_tags):
        if not _is_there(el.get("href") or ""):
            return text
        return super().convert_a(el, text, parent_tags)  # type: ignore[misc]  # markdownify has no types

    def convert_img(self, el, text, parent_tags):
        source, words = el.get("src") or "", " ".join((el.get("alt") or "").split())
        if not _is_there(source):
            return _escaped(words)
        label = _escaped(words or source.rsplit("/", 1)[-1])
        return label if "a" in parent_tags or not source else f"[{label}](<{source}>)"

    convert_image = convert_img

    def convert_sup(self, el, text, parent_tags):
        return _moved(el.get_text(), _RAISED, "^")

    def convert_sub(self, el, text, parent_tags):
        return _moved(el.get_text(), _LOWERED, "\\_")


def _is_there(address: str) -> bool:
    """Whether an address leads anywhere once its file has left: not into itself, nor into a Moodle of old."""
    return not re.match(r"\s*data:|@@PLUGINFILE@@", address, re.IGNORECASE)


def _moved(words: str, signs: dict[int, int], mark: str) -> str:
    """What is raised or lowered, in characters that are: 10³ must not read 103."""
    words = " ".join(words.split())
    if all(ord(sign) in signs for sign in words):
        return words.translate(signs)
    return f"{mark}{_escaped(words)}" if len(words) == 1 else f"{mark}({_escaped(words)})"
