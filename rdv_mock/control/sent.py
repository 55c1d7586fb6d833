"""A scenario, or a fragment of one, as it was sent."""

from rdv_mock.http.call import Call
from rdv_mock.http.refusals import JSON
from rdv_mock.scenario.source import Source, read_json, read_yaml


def read_sent(call: Call) -> Source:
    """Read the body of a call, as JSON or as YAML by its content type; SCENARIO_INVALIDE."""
    return read_json(call.raw_body) if call.media_type == JSON else read_yaml(call.raw_body)
