"""A form in parts, as browsers and curl write them."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from rdv_mock.worlds.masking.extent import end_of
from rdv_mock.worlds.masking.names import MASK, is_secret

InnerPart = Callable[[str, str], str]
"""Masks the content of a part that is said to be of such a media type."""

_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)
_FIRST_LINE = re.compile(r"\s{0,8}--([^\r\n]{1,200})")
_NEWLINE = r"(?:\r\n?|\n)"
_HEADER = re.compile(
    rf"[!-9;-~]++[ \t]*+:[^\r\n]*+(?:{_NEWLINE}[ \t]++[^\r\n]*+)*+(?:{_NEWLINE}|\Z)"
)
_BLANK = re.compile(rf"[ \t]*+{_NEWLINE}")
_FIELD = re.compile(
    r"(?:\A|[\s;:,])(?:file)?name\*?\s*+=\s*+(?:\"((?:[^\"\\]++|\\.)*+)\"?|([^\s;\"]++))",
    re.IGNORECASE,
)
_PART_TYPE = re.compile(r"content-type[ \t]*+:[ \t]*+([^\r\n]*+)", re.IGNORECASE)


def looks_like_parts(text: str) -> bool:
    """Whether a text that does not say so is a form in parts."""
    start = text[:2000].lstrip()
    return start.startswith("--") and "content-disposition" in start.lower()


def in_parts(text: str, content_type: str, inner: InnerPart) -> str | None:
    """A form, split at its boundary; each part is masked as what it says that it is.

    None where there is no such boundary.
    """
    pieces = [text]
    for boundary in _boundaries(text, content_type):
        line = rf"((?:\A|{_NEWLINE})--{re.escape(boundary)}(?=--|[ \t]*+(?:[\r\n]|\Z)))"
        pieces = re.split(line, text)
        if len(pieces) > 1:
            break
    else:
        return None
    pieces[::2] = [inner(pieces[0], ""), *(_in_part(part, inner) for part in pieces[2::2])]
    return "".join(pieces)


def _boundaries(text: str, content_type: str) -> Iterator[str]:
    """What may part the parts: what was announced, else what the first line says."""
    if named := _BOUNDARY.search(content_type):
        yield named[1] or named[2] or ""
    if first := _FIRST_LINE.match(text):
        yield first[1].rstrip()


def _in_part(part: str, inner: InnerPart) -> str:
    """One part: its headers, then its content; or the end after the last one."""
    if part.startswith("--"):
        return inner(part, "")
    head = at = end_of(_BLANK, part, 0)
    while (header := _HEADER.match(part, at)) and header.end() > at:
        at = header.end()
    headers = part[head:at]
    at = end_of(_BLANK, part, at)
    content = part[at:]
    names = [unquote(one[1] or one[2] or "") for one in _FIELD.finditer(headers)]
    if any(is_secret(name) or is_secret(name.rpartition("'")[2]) for name in names):
        return part[:at] + MASK
    kind = _PART_TYPE.search(headers)
    return part[:at] + inner(content, kind[1] if kind else "")
