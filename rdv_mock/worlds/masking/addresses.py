"""What an address hides: a secret that is a segment of it, and the password of a user.

`/x/token/SECRET` names its secret as `token=SECRET` does, one segment before. All that follows is
masked, up to the query, since a secret may hold a slash; words that only say what happens to
the secret (`/token/introspect`, `/password/reset/SECRET`) stay.
"""

import re
from collections.abc import Iterator

from rdv_mock.worlds.masking.extent import end_of
from rdv_mock.worlds.masking.names import MASK, is_refusal, is_secret

_NAME_AND_SIGN = re.compile(r"(?<!:/)[/#;]([^\s\"'<>?#&/:=(;\\]++)(\\?(?:[/=(]|:(?!//)))")
_NO_FIELD = r"&(?![\w.\[\]%-]*+=)"
_IN_A_TEXT = re.compile(rf"(?:[^\s\"'<>?#&\\]++|'(?=\w)|{_NO_FIELD}|\\[^\s\"'])*+")
_IN_AN_ADDRESS = re.compile(rf"(?:[^\r\n\"<>?#&]++|{_NO_FIELD})*+")
_TO_THE_END = re.compile(r".*+", re.DOTALL)
_BEGINS_AS_ADDRESS = re.compile(r"\s*+(?:[A-Za-z][\w+.-]*+:)?+/")
_AREAS = frozenset({"auth"})
"""What names a part of a site, though elsewhere it names a secret: `/auth/realms/…`."""
_SAYS_WHAT_IS_DONE = re.compile(
    r"activate|active|actuel|all|authorize|callback|cancel|changer?|check|config|confirm(?:er)?|count"
    r"|create|creer|current|delete|details|edit|exchange|expired|forg[eo]t(?:ten)?|generate|index|info"
    r"|introspect(?:ion)?|issue|liste?|login|logout|me|metadata|mine|modifier|moi|new|nouveau|oublie"
    r"|policy|recover|recovery|refresh|reinitialiser|renew|renouveler|request|reset|revocation|revoked?"
    r"|revoquer|rotate|search|self|send|settings|status|update|userinfo|valider|validat(?:e|ion)"
    r"|verification|verifier|verify"
    r"|accesstoken|apikey|clientsecret|code|idtoken|jetons?|jwks|motdepasse|password|refreshtoken"
    r"|tokens?"
)
"""Of a segment without signs, in lower case."""
_ORDINARY = re.compile(r"v\d{1,2}|\{[\w.-]*+\}|:[a-z]\w*+|\**+|\.{1,3}|…", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:html?|php|jsp|json|jsx?|css|aspx?|do)\Z|[.,;:)\]}]++\Z")
_SIGNS = re.compile(r"[\W_]+")
_USER = re.compile(r"//([^/\s:@?#\"'<>]*+):([^/\s@?#]*+)(@?)")
_PORT = re.compile(r"\d{0,5}[\"'<>)\],;]*+")
_TO_A_BLANK = re.compile(r"[^\s\"<>]*+")


def without_segments(text: str, *, is_path: bool = False) -> str:
    """A text without the secrets in its addresses; or a path, as a whole."""
    if is_path:
        value = _TO_THE_END
    else:
        value = _IN_AN_ADDRESS if _BEGINS_AS_ADDRESS.match(text) else _IN_A_TEXT
    return "".join(_without_segments(text, value))


def _without_segments(text: str, value: re.Pattern[str]) -> Iterator[str]:
    done = at = 0
    while found := _NAME_AND_SIGN.search(text, at):
        name, sign = found.groups()
        at = found.start(2)
        is_segment = sign.endswith("/")
        if not is_secret(name) or (is_segment and name.lower() in _AREAS):
            continue
        if sign == "=" and value is not _TO_THE_END:  # a line or a form says where it ends
            continue
        begin, at = found.end(), end_of(value, text, found.end())
        if is_segment:
            begin = _first_unknown(text, name, begin, at)
        if begin < at:
            yield text[done:begin]
            yield MASK
            done = at
    yield text[done:]


def _first_unknown(text: str, name: str, begin: int, end: int) -> int:
    """The place of the first segment that may be a secret."""
    while begin < end:
        slash = text.find("/", begin, end)
        segment = text[begin : end if slash < 0 else slash]
        if not _is_ordinary(segment) and not is_refusal(name, segment):
            return begin
        begin = end if slash < 0 else slash + 1
    return end


def _is_ordinary(segment: str) -> bool:
    word = _ENDING.sub("", segment.rstrip("\\"))
    return _ORDINARY.fullmatch(segment) is not None or (
        _SAYS_WHAT_IS_DONE.fullmatch(_SIGNS.sub("", word).lower()) is not None
    )


def without_passwords(text: str) -> str:
    """A text without the passwords of `https://user:password@host`, whatever signs they hold."""
    return "".join(_without_passwords(text)) if "@" in text else text


def _without_passwords(text: str) -> Iterator[str]:
    done = at = 0
    while found := _USER.search(text, at):
        begin, end, at = found.start(2), found.end(2), found.end()
        if not found[3]:
            if _PORT.fullmatch(found[2]):
                continue
            at = end_of(_TO_A_BLANK, text, end)
            end = text.rfind("@", end, at)
        if end >= begin:
            yield text[done:begin]
            yield MASK
            done = end
    yield text[done:]
