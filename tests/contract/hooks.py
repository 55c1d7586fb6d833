"""What `st run` calls: each call begins with the state of the scenario, and is aimed at it.

Calls that follow from one another go on from there.
"""

import os
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis import Case, HookContext

from tests.contract import reading  # noqa: F401 - a hook too
from tests.contract.aim import Aim
from tests.support import build_store

AIM = Aim(build_store(Path(os.environ["FUZZED_SCENARIO"]).read_text(encoding="utf-8")))
RESET = f"{os.environ['FUZZED_SERVER']}/_mock/reset"
SESSION = requests.Session()


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Set the world and the call to rights."""
    follows = case.meta is not None and case.meta.phase.name == "stateful"
    if not follows:
        SESSION.post(RESET, params={"scope": "state"}).raise_for_status()
    AIM.at(case, spare_ids=follows)
