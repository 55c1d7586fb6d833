"""A body, read as it says that it is written, or as it looks."""

import codecs
import re
import zlib
from typing import NamedTuple

from rdv_mock.worlds.masking.names import MASK
from rdv_mock.worlds.masking.texts import masked_as

LARGEST_UNPACKED = 1024 * 1024
"""Bytes of a compressed body that are looked at."""


class Shown(NamedTuple):
    """A body as it may be shown: whole, or as much as is known of it."""

    text: str
    is_text: bool
    """Whether the text says all: nothing of the bytes was lost in reading them."""
    is_masked: bool
    size: int
    """Bytes, once unpacked."""


def masked_body(body: bytes, content_type: str = "", content_encoding: str = "") -> Shown:
    """A body, read as it says that it is written, or as it looks."""
    unpacked = _unpacked(body, content_encoding)
    if unpacked is None:
        return Shown(MASK, is_text=True, is_masked=True, size=len(body))
    text, is_text = _decoded(unpacked, content_type)
    shown = masked_as(text, content_type)
    is_masked = shown != text or unpacked is not body
    return Shown(shown, is_text, is_masked, len(unpacked))


def _unpacked(body: bytes, content_encoding: str) -> bytes | None:
    """A body without its compression, as much as is looked at; None when it cannot be read."""
    encoding = content_encoding.lower().strip()
    if not body or (encoding in {"", "identity"} and not body.startswith(b"\x1f\x8b\x08")):
        return body
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        return None
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # gzip or zlib by its head; a bare stream
        try:
            return zlib.decompressobj(bits).decompress(body, LARGEST_UNPACKED)
        except zlib.error:
            continue
    return None


_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEGINNING = 64


def _decoded(body: bytes, content_type: str) -> tuple[str, bool]:
    """The text of a body, and whether all of it was text."""
    charset = _charset_of(body, content_type)
    try:
        text = body.decode(charset)
    except ValueError:
        text = body.decode(charset, errors="replace")
        return text, not text.rstrip("\ufffd").count("\ufffd")  # it may be cut within a letter
    return text, "\0" not in text


def _charset_of(body: bytes, content_type: str) -> str:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return charset
    start = body[:_BEGINNING]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if abs(even - odd) * 4 > len(start):
        return "utf-16-le" if odd > even else "utf-16-be"
    named = _CHARSET.search(content_type)
    try:
        charset = codecs.lookup(named[1]).name if named else "utf-8"
    except LookupError:
        return "utf-8"
    is_plain = charset.startswith(("iso8859", "cp125", "ascii")) and not _is_utf8(body)
    return charset if is_plain else "utf-8"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
