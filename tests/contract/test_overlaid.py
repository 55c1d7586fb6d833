"""Every operation under an overlay against the document that the overlay makes."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from rdv_mock.worlds.world import PRINCIPAL, ResetScope
from tests.overlay.compiling import EXAMPLES
from tests.support import SIGNER, Vendor, build_store

REFUSALS = ["400", "401", "403", "404", "409", "422"]
CONFIG = SchemathesisConfig.from_dict(
    {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSALS]}}}
)
APPLICATIONS = {
    name: create_application(Settings(overlay=EXAMPLES / f"{name}.yaml"))
    for name in ("livret", "rdvpermis")
}
HEADERS = {}
for name, application in APPLICATIONS.items():
    application.server.signer = SIGNER
    application.open(build_store())
    HEADERS[name] = Vendor(application).as_("lea").headers

livret = schemathesis.openapi.from_asgi("/openapi.json", APPLICATIONS["livret"], config=CONFIG)
rdvpermis = schemathesis.openapi.from_asgi(
    "/openapi.json", APPLICATIONS["rdvpermis"], config=CONFIG
)
FEW = settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def check(case: schemathesis.Case[Any], name: str) -> None:
    APPLICATIONS[name].server.worlds[PRINCIPAL].reset(ResetScope.STATE)

    case.call_and_validate(headers=HEADERS[name])


@livret.include(path_regex="livret").parametrize()
@FEW
def test_no_answer_of_the_moved_livret_leaves_its_document(case: schemathesis.Case[Any]) -> None:
    check(case, "livret")


@rdvpermis.exclude(path_regex="livret|api/v1").parametrize()
@FEW
def test_no_answer_of_the_renamed_exam_api_leaves_its_document(
    case: schemathesis.Case[Any],
) -> None:
    check(case, "rdvpermis")
