"""Which names say that what bears them is a secret."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote_plus

MASK = "***"

Inner = Callable[[str], str]
"""Masks a text within another one."""
_LONGEST_KNOWN_NAME = 64
_TIMES_ENCODED = 3
_SECRET = re.compile(
    r"password|passwd|passphrase|passcode|mot(?:de)?passe|secret(?!ari|air)"
    r"|(?:token|jeton)s?(?:hint|value|valeur)?\d*$|(?:pwd|mdp|jwt|otp)\d*$"
    r"|(?:api|access|secret|private|signing|encryption|session|subscription|auth|master)key$"
    r"|cle(?:d)?(?:api|acces|privee)$|authorization$|cookies?2?$|(?<!allow)credentials?$|assertion$"
    r"|(?:session|sess)id$|(?:auth|authorization|oauth|device|user|access|session|sms|verification"
    r"|pin)code$|code(?:verifier|pin|(?:de)?verification)$"
    r"|^(?:x?(?:auth|code|pass)|passe|pin|bearer|samlresponse)$"
)
"""Of a name without signs, in lower case."""
_SIGNS = re.compile(r"[\W_]+")
_PARTS_OF_A_NAME = re.compile(r"[.\[\]:]+")
_REFUSAL = re.compile(r"[A-Z]+\d{0,4}(?:[_.-](?:[A-Z]+\d{0,4}|\d{1,4}))*")
"""`"code": "CODE_EN_MAJUSCULES"` is no code of a login."""
HINT = re.compile(
    r"code|pass|pwd|mdp|pin|otp|jwt|token|jeton|secret|key|cle|auth|cookie|cred|assert|saml|sess"
    r"|bearer|basic|dpop|digest|negotiate|ntlm|eyj|//[^/\s@:]*+[:@]|[%\\]|&#",
    re.IGNORECASE,
)
"""A text without any of these holds no secret, or none that has a name."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


def is_secret(name: str) -> bool:
    """Whether what bears this name is a secret, however the name is written.

    `clientSecret`, `CLIENT_SECRET`, `client%5Fsecret`, `user[password]` and `x-client-secret` are.
    """
    if len(name) <= _LONGEST_KNOWN_NAME:
        return _is_known_secret(name)
    return _is_secret(name)


def _is_secret(name: str) -> bool:
    for _ in range(_TIMES_ENCODED):
        name = unquote_plus(name) if "%" in name or "+" in name else name
    if "\\" in name:
        name = unescaped(name)
    if not name.isascii():
        name = normalize("NFKD", name)
    first, *others = [part for part in _PARTS_OF_A_NAME.split(name) if part] or [""]
    forms = {name, first if "[" in name else name, others[-1] if others else first}
    return any(_SECRET.search(_SIGNS.sub("", form).casefold()) for form in forms)


_is_known_secret = lru_cache(maxsize=2048)(_is_secret)


def is_refusal(name: str, value: str) -> bool:
    """Whether a `code` is that of a refusal."""
    return name.lower() == "code" and _REFUSAL.fullmatch(value) is not None


def unescaped(raw: str) -> str:
    """What a JSON string says, a wrong escape in it or not."""
    if "\\" not in raw:
        return raw
    try:
        text: str = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return _ESCAPE.sub(lambda one: chr(int(one[1], 16)) if one[1] else one[2], raw)
    return text
