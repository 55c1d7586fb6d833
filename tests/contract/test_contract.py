"""Examples, coverage and fuzzing of each operation, and calls that follow from one another."""

from pathlib import Path
from typing import Any, ClassVar

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.stateful import APIStateMachine, run_state_machine_as_test
from typing_extensions import override

from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from rdv_mock.worlds.world import PRINCIPAL, ResetScope
from tests.contract import reading  # noqa: F401 - what others read otherwise
from tests.contract.aim import GERANTE, Aim
from tests.contract.worlds import WORLDS
from tests.support import SIGNER, Vendor, build_store

EXAMPLES = 15
"""Cases of each operation that are drawn, besides those that its schema leads to."""
SCENARIOS = 60
"""Chains of calls in each world, of at most `STEPS`."""
STEPS = 8


CONFIG = SchemathesisConfig.from_path(Path(__file__).parent / "schemathesis.toml")


class Target:
    """An application in whose world one of the scenarios is loaded, and what it knows."""

    def __init__(self, name: str) -> None:
        self.application = create_application(Settings(check_answers="fail"))
        self.application.server.signer = SIGNER
        self.application.open(build_store(WORLDS[name]))
        vendor = Vendor(self.application)
        self.headers = vendor.as_(GERANTE).headers
        self.aim = Aim(vendor.world.store)
        self.schema = schemathesis.openapi.from_asgi(
            "/openapi.json", self.application, config=CONFIG
        )

    def begin_anew(self) -> None:
        """Be again as the scenario says; its tokens live on."""
        self.application.server.worlds[PRINCIPAL].reset(ResetScope.STATE)

    def check(self, case: schemathesis.Case[Any]) -> None:
        """One call to the world of the scenario, whose answer may not leave the document."""
        self.begin_anew()
        self.aim.at(case)
        case.call_and_validate(headers=self.headers)


class Chain(APIStateMachine):
    """Calls that follow from one another, each chain from the state of the scenario."""

    target: ClassVar[Target]

    @override
    def setup(self) -> None:
        self.target.begin_anew()

    @override
    def before_call(self, case: schemathesis.Case[Any]) -> None:
        self.target.aim.at(case, spare_ids=True)

    @override
    def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
        return {"headers": self.target.headers}


drawn = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
chained = hypothesis.settings(
    drawn,
    max_examples=SCENARIOS,
    stateful_step_count=STEPS,
    phases=[Phase.generate],
)

DEMONSTRATION = Target("demonstration")
NUIT_DU_CALCUL = Target("nuit_du_calcul")
EVERY_KIND = Target("every_kind")


@DEMONSTRATION.schema.parametrize()
@drawn
def test_in_the_demonstration_no_answer_leaves_the_document(
    case: schemathesis.Case[Any],
) -> None:
    DEMONSTRATION.check(case)


@NUIT_DU_CALCUL.schema.parametrize()
@drawn
def test_in_a_calculation_night_no_answer_leaves_the_document(
    case: schemathesis.Case[Any],
) -> None:
    NUIT_DU_CALCUL.check(case)


@EVERY_KIND.schema.parametrize()
@drawn
def test_among_objects_of_every_kind_no_answer_leaves_the_document(
    case: schemathesis.Case[Any],
) -> None:
    EVERY_KIND.check(case)


@pytest.mark.parametrize("target", [DEMONSTRATION, NUIT_DU_CALCUL, EVERY_KIND], ids=WORLDS)
def test_no_chain_of_calls_leaves_the_document(target: Target) -> None:
    machine = type("Machine", (Chain, target.schema.as_state_machine()), {"target": target})

    run_state_machine_as_test(machine, settings=chained)
