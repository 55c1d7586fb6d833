"""What a request to the provider says: its query or its form, each parameter once."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

from rdv_mock.errors import OAuthRefusal
from rdv_mock.http.call import Call
from rdv_mock.limit_keys import IntegerKey

FORM = "application/x-www-form-urlencoded"


def query_of(call: Call) -> Mapping[str, str]:
    """The parameters of the query; invalid_request."""
    return _only_once(call.scope["query_string"].decode("latin-1"))


def form_of(call: Call) -> Mapping[str, str]:
    """The parameters of the form in the body; invalid_request, for another body too."""
    if call.media_type != FORM:
        raise OAuthRefusal("invalid_request", f"The body must be sent as {FORM}")
    return _only_once(call.raw_body.decode("latin-1"))


def _only_once(text: str) -> Mapping[str, str]:
    """The parameters of a request: none of them twice (RFC 6749, 3.1)."""
    pairs = parse_qsl(text, keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise OAuthRefusal("invalid_request", "A parameter is given twice")
    return parameters


def required(form: Mapping[str, str], name: str) -> str:
    """The parameter of this name; invalid_request without it."""
    if name not in form:
        raise OAuthRefusal("invalid_request", f"Missing form parameter: {name}")
    return form[name]


def seconds_of(call: Call, key: IntegerKey) -> timedelta:
    """How long something lives in this world, by a limit in seconds."""
    return timedelta(seconds=call.limits.integer(key))
