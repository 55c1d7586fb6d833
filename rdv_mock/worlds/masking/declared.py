"""Secrets that declare themselves, whatever they are called: a JWT, `Bearer …`, a private key."""

import re
from collections.abc import Iterator

from rdv_mock.worlds.masking.extent import end_of
from rdv_mock.worlds.masking.names import MASK

_BEGIN_KEY = "PRIVATE KEY-----"
_END_KEY = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")
_JWT = re.compile(r"[\w-]++(?:\.[\w-]*+)++")
_WORD = re.compile(r"[\w-]++")
_BY_SCHEME = re.compile(
    r"\b(bearer|basic|dpop|digest|negotiate|ntlm)\s++([A-Za-z0-9._~+/=-]++)", re.IGNORECASE
)
_ALONE = re.compile(r"\s*+(?:bearer|dpop)\s++(?!token\b)[^\s=]++=*+\s*+", re.IGNORECASE)
_OPAQUE = re.compile(r"[0-9_~+/=]|[a-z.-][A-Z]|[A-Z][A-Z][a-z]|.{24}")
_SHORTEST_OPAQUE = 8


def without_what_declares_itself(text: str) -> str:
    """A text without them."""
    if _BEGIN_KEY in text:
        text = "".join(_without_keys(text))
    if "eyJ" in text:
        text = "".join(_without_jwts(text))
    return "".join(_without_schemes(text))


def _without_keys(text: str) -> Iterator[str]:
    done = 0
    while (begin := text.find(_BEGIN_KEY, done)) >= 0:
        begin += len(_BEGIN_KEY)
        end = _END_KEY.search(text, begin)
        yield text[done:begin]
        yield MASK
        done = end.start() if end else len(text)
        if end:
            yield end[0]
            done = end.end()
    yield text[done:]


def _without_jwts(text: str) -> Iterator[str]:
    """Three parts in base64url, the first of which begins with eyJ, whatever comes before."""
    done = at = 0
    while (at := text.find("eyJ", at)) >= 0:
        jwt = _JWT.match(text, at)
        if jwt is None:
            at = end_of(_WORD, text, at)
            continue
        yield text[done:at]
        yield MASK
        done = at = jwt.end()
    yield text[done:]


def _without_schemes(text: str) -> Iterator[str]:
    """`Bearer …` and its like, in the midst of a text too."""
    done = at = 0
    stands_alone = _ALONE.fullmatch(text) is not None
    while found := _BY_SCHEME.search(text, at):
        value, at = found[2], found.end()
        is_param = value.endswith("=") and text[at : at + 1] in {'"', "'"}
        is_opaque = len(value) >= _SHORTEST_OPAQUE and _OPAQUE.search(value) is not None
        if (is_opaque or stands_alone) and not is_param:
            yield text[done : found.start(2)]
            yield MASK
            done = at
        else:
            at = found.start(2)
    yield text[done:]
