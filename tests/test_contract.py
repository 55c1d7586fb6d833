"""Every operation against its own OpenAPI document, with data that nobody thought of."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from rdv_mock.app import create_application
from rdv_mock.settings import Settings
from tests.support import SIGNER, SMALL, Vendor, build_store

APPLICATION = create_application(Settings())
APPLICATION.server.signer = SIGNER
APPLICATION.open(build_store(SMALL))
HEADERS = Vendor(APPLICATION).as_("lea").headers

# The contract refuses valid data with 400 and 422 too, when a rule of the trade says so.
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "400", "401", "403", "404", "409", "422"]
            }
        }
    }
)

schema = schemathesis.openapi.from_asgi("/openapi.json", APPLICATION, config=CONFIG)


@schema.parametrize()
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_answer_leaves_the_document(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(headers=HEADERS)
