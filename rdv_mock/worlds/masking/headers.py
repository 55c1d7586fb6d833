"""Headers."""

from collections.abc import Iterable

from rdv_mock.worlds.masking.lines import SCHEME
from rdv_mock.worlds.masking.names import MASK, is_secret
from rdv_mock.worlds.masking.texts import masked_text

_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate"})


def masked_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Headers without their secrets; of an Authorization, the scheme stays."""
    return [
        (shown, masked_header(shown, value.decode("latin-1")))
        for name, value in headers
        for shown in (name.decode("latin-1"),)
    ]


def masked_header(name: str, value: str) -> str:
    """What a header says, without its secrets."""
    if not is_secret(name):
        return value if name.lower() in _CHALLENGES else masked_text(value)
    scheme = SCHEME.match(value) if name.lower() == "authorization" else None
    return scheme[0] + MASK if scheme else MASK
