"""`a=1&password=x`, percent-encoded or not."""

import re
from urllib.parse import quote_plus, unquote_plus

from rdv_mock.worlds.masking.addresses import without_segments
from rdv_mock.worlds.masking.lines import in_lines
from rdv_mock.worlds.masking.names import HINT, MASK, Inner, is_secret

_INNER = re.compile(r"[;\r\n]")
_RAW_JSON = ("{", "[", '"')


def in_form(text: str, inner: Inner) -> str:
    """`a=1&password=x`, names and values percent-encoded or not."""
    return "&".join([_in_pair(pair, inner) for pair in text.split("&")])


def _in_pair(pair: str, inner: Inner) -> str:
    name, is_given, value = pair.partition("=")
    if is_given and is_secret(name):
        return f"{name}={MASK}"
    if not HINT.search(pair):
        return pair
    if _INNER.search(pair):
        return in_lines(pair, inner)
    return _in_encoded(name, inner) + is_given + _in_encoded(value, inner)


def _in_encoded(text: str, inner: Inner) -> str:
    """A text that is percent-encoded; as it was where it holds no secret."""
    if not HINT.search(text):
        return text
    text = without_segments(text)
    if text.startswith(_RAW_JSON):  # its signs may be those of its own texts, decoded
        text = inner(text)
    plain = unquote_plus(text)
    shown = inner(plain)
    if shown == plain:
        return text
    return quote_plus(shown, safe="*/:", errors="replace") if plain != text else shown
