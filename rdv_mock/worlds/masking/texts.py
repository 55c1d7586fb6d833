"""Any text: which grammar it has, and how deep it lies in others."""

import re

from rdv_mock.worlds.masking.addresses import without_passwords, without_segments
from rdv_mock.worlds.masking.declared import without_what_declares_itself
from rdv_mock.worlds.masking.form import in_form
from rdv_mock.worlds.masking.json_text import in_json
from rdv_mock.worlds.masking.lines import in_lines
from rdv_mock.worlds.masking.markup import MARKUP, in_markup
from rdv_mock.worlds.masking.names import HINT, MASK, Inner
from rdv_mock.worlds.masking.parts import in_parts, looks_like_parts

DEEPEST = 5
"""Texts within texts (JSON in a form in an address …): what lies deeper is masked as a whole."""

_FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"[\s\ufeff]*+[\[{\"]")
_BEGINS_AS_MARKUP = re.compile(r"[\s\ufeff]*+<")
_IS_HTML = re.compile(r"<(?:!doctype html|html|head|body|form|input|meta|p|div)\b", re.IGNORECASE)


def masked_text(text: str) -> str:
    """Any text: an address, a line, a document."""
    return masked_as(text, "")


def masked_query(query: str) -> str:
    """A query, as an address holds it."""
    return masked_as(query, _FORM)


def masked_path(path: str) -> str:
    """A path, decoded, without its query: any sign in it is one of a segment."""
    return masked_text(without_segments(path, is_path=True)) if HINT.search(path) else path


def masked_as(text: str, media_type: str, depth: int = 0) -> str:
    """A text, as it is said to be written, or as it looks."""
    if not HINT.search(text):
        return text
    if depth > DEEPEST:
        return MASK

    def inner(text: str, media_type: str = "") -> str:
        return masked_as(text, media_type, depth + 1)

    kind = media_type.lower().lstrip()
    if kind.startswith("multipart/") or looks_like_parts(text):
        parts = in_parts(text, media_type, inner)
        if parts is not None:
            return parts
    elif kind.startswith(_FORM) and not (_JSON.match(text) or MARKUP.search(text)):
        return in_form(text, inner)
    return _as_it_looks(text, inner, is_html="html" in kind)


def _as_it_looks(text: str, inner: Inner, *, is_html: bool) -> str:
    shown = in_json(text, inner) if _JSON.match(text) else None
    if shown is None:
        shown = without_segments(text)
        if not (is_html or _BEGINS_AS_MARKUP.match(text)):
            shown = in_lines(shown, inner)
        if MARKUP.search(shown):
            is_html = is_html or _IS_HTML.search(shown) is not None
            shown = in_markup(shown, inner, is_html=is_html)
    return without_what_declares_itself(without_passwords(shown))
