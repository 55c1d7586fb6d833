"""XML and HTML, whole or cut."""

import re
from html import escape, unescape
from typing import NamedTuple

from rdv_mock.worlds.masking.lines import in_lines, is_word
from rdv_mock.worlds.masking.names import HINT, MASK, Inner, is_refusal, is_secret

MARKUP = re.compile(r"<[A-Za-z/?!]")
_TAG = re.compile(r"<(?:[^<>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+>?")
_TAG_NAME = re.compile(r"</?\s*+([^\s<>\"'/=?!]*+)")
_ATTRIBUTE = re.compile(
    r"([^\s=<>\"'/]++)(?:(\s*+=\s*+)(\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s<>\"']++))?+"
)
_NO_LINE = "\ufdd1"
_NO_MARKUP = "\ufdd0"
"""Stands for a < that begins no tag."""
_RAW = frozenset({"script", "style"})
_VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "base", "area", "source"})
_IN_TABLES = frozenset({"dt", "th", "td"})
_NAMES_THE_NEXT = frozenset({"key", "name", "nom", "cle"}) | _IN_TABLES
_NAMING_ATTRIBUTES = frozenset({"name", "key", "id", "property", "http-equiv", "itemprop"})
_NAMED_ATTRIBUTES = frozenset({"value", "content", "val"})
_PLAIN_HTML = frozenset({"code"})
"""In HTML, an element that shows how something is written."""


class _Tag(NamedTuple):
    written: str
    name: str
    shown: str
    is_opening: bool
    holds_secret: bool


def in_markup(text: str, inner: Inner, *, is_html: bool) -> str:
    """XML and HTML, whole or cut: attributes, elements, and pairs of a name and a value."""
    out: list[str] = []
    at = 0
    last, next_is_secret = "", False
    while at < len(text):
        opening = MARKUP.search(text, at)
        begin = opening.start() if opening else len(text)
        between = text[at:begin]
        if last in _NAMES_THE_NEXT and between.strip():
            named = unescape(between.strip())
            next_is_secret = is_secret(named) and not (last in _IN_TABLES and is_word(named))
        out.append(_in_text_node(between, inner))
        found = _TAG.match(text, begin)
        if found is None:
            break
        tag = _read_tag(found[0], inner, is_html=is_html)
        out.append(tag.shown)
        at = found.end()
        last = tag.name if tag.is_opening else ""
        if not tag.is_opening:
            continue
        if tag.name in _RAW and is_html:
            end = _element_end(text, tag.written, at)
            out.append(inner(text[at:end].replace("<", _NO_MARKUP)).replace(_NO_MARKUP, "<"))
            at = end
        elif tag.holds_secret or next_is_secret:
            end = _element_end(text, tag.written, at)
            content = text[at:end]
            is_shown = not content.strip() or is_refusal(tag.name, content.strip())
            out.append(content if is_shown else MASK)
            at, next_is_secret = end, False
    return "".join(out)


def _in_text_node(text: str, inner: Inner) -> str:
    if not HINT.search(text):
        return text
    plain = unescape(text) if "&" in text else text
    bare = plain.replace("<", _NO_MARKUP)  # no markup any more
    shown = inner(bare)
    return text if shown == bare else escape(shown.replace(_NO_MARKUP, "<"), quote=False)


def _read_tag(text: str, inner: Inner, *, is_html: bool) -> _Tag:
    """A tag with its attributes masked, and whether its content is a secret."""
    written = _TAG_NAME.match(text)[1]  # type: ignore[index]  # it begins with "<"
    name = written.lower().rpartition(":")[2]
    is_opening = text[1:2].isalpha() and not text.endswith("/>") and name not in _VOID
    is_named = is_secret(written) and not (is_html and name in _PLAIN_HTML)
    if not (HINT.search(text) or is_named):
        return _Tag(written, name, text, is_opening, holds_secret=False)
    values = {
        one[1].lower(): unescape(one[3].strip("\"'")) for one in _ATTRIBUTE.finditer(text) if one[3]
    }
    by_name = values.get("type", "").lower() == "password" or any(
        is_secret(values[one]) for one in _NAMING_ATTRIBUTES if one in values
    )
    named = any(is_secret(values[one]) for one in ("name", "key") if one in values)

    def attribute(one: re.Match[str]) -> str:
        if not one[3]:
            return one[0]
        wanted = one[1].lower()
        quote_sign = one[3][0] if one[3][0] in "\"'" else ""
        closing = quote_sign if quote_sign and one[3][1:].endswith(quote_sign) else ""
        value = one[3][1 : len(one[3]) - len(closing)] if quote_sign else one[3]
        if is_secret(one[1]) or (by_name and wanted in _NAMED_ATTRIBUTES):
            shown = value if is_refusal(wanted, value) else MASK
        elif HINT.search(value):
            plain = unescape(value)
            shown = inner(plain)
            shown = value if shown == plain else escape(shown)
        else:
            return one[0]
        return f"{one[1]}{one[2]}{quote_sign}{shown}{closing}"

    shown = _ATTRIBUTE.sub(attribute, text)
    if not text[1:2].isalpha() and text[1:2] != "/":  # a comment, a declaration
        shown = in_lines(shown.replace("\n", _NO_LINE), inner).replace(_NO_LINE, "\n")
    return _Tag(
        written,
        name,
        shown,
        is_opening,
        is_named or (named and not is_html) or (named and name in {"textarea", "output"}),
    )


def _element_end(text: str, name: str, at: int) -> int:
    """Where the content of an element ends: before the tag that closes it, or never."""
    level, close = 1, -1
    while True:
        if close < at:
            close = _find_tag(text, f"</{name}", at, len(text))
            if close < 0:
                return len(text)
        inner = _find_tag(text, f"<{name}", at, close)
        level, at = (level + 1, inner + 1) if inner >= 0 else (level - 1, close + 1)
        if not level:
            return close


def _find_tag(text: str, tag: str, at: int, end: int) -> int:
    """The place of a tag of just this name, or -1."""
    while (at := text.find(tag, at, end)) >= 0:
        if text[at + len(tag) : at + len(tag) + 1] in {"", " ", ">", "/", "\t", "\r", "\n"}:
            return at
        at += 1
    return -1
