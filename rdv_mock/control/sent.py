"""Read a scenario, or a fragment of one, from a call."""

from rdv_mock.http.call import Call
from rdv_mock.http.refusals import JSON
from rdv_mock.scenario.source import Source, read_json, read_yaml


def read_sent(call: Call) -> Source:
    """Read the body of a call: JSON by its content type, else YAML. Raises SCENARIO_INVALIDE.

    The call forgets its body, which may be long: it lives as long as the source does.
    """
    body, call.raw_body = call.raw_body, b""
    return read_json(body) if call.media_type == JSON else read_yaml(body)
