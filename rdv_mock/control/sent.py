"""A scenario, or a fragment of one, as it was sent."""

from rdv_mock.http.call import Call
from rdv_mock.http.refusals import JSON
from rdv_mock.scenario.source import Source, read_json, read_yaml


def read_sent(call: Call) -> Source:
    """Read the body of a call, as JSON or as YAML by its content type; SCENARIO_INVALIDE.

    Nobody reads the body again, and it may be long: it ends with its source.
    """
    body, call.raw_body = call.raw_body, b""
    return read_json(body) if call.media_type == JSON else read_yaml(body)
