"""`make fuzz CASES=20000`: schemathesis against a running server, in all its phases."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.contract.aim import GERANTE
from tests.contract.worlds import WORLDS
from tests.story.process import client_of, server_process

EXAMPLES = 40
"""Cases of each operation that one run draws, besides those that its schema leads to."""
PATIENCE_SECONDS = 60
HERE = Path(__file__).parent


@dataclass(slots=True)
class Tally:
    """What all runs in one world have come to."""

    runs: int = 0
    cases: int = 0
    findings: int = 0
    tested: int = 0
    accepted: set[str] = field(default_factory=set)

    def add(self, report: dict[str, Any]) -> None:
        """Count one run; an error is a finding too, and so is a phase that did not succeed."""
        left_out = [one for one in report["phases"].values() if one["status"] != "success"]
        self.runs += 1
        self.cases += report["test_cases"]["generated"]
        self.findings += len(report["failures"]) + len(report["errors"]) + len(left_out)
        self.tested = report["operations"]["tested"]
        self.accepted |= {
            operation
            for operation, phases in report["valid_rates"].items()
            if any(outcome["accepted"] for outcome in phases.values())
        }


def main(cases: int) -> int:
    """Run in each world in turn, with another seed each time; 1 when anything was found."""
    tallies = {name: Tally() for name in WORLDS}
    with tempfile.TemporaryDirectory() as folder:
        for turn, (name, tally) in enumerate(cycle(tallies.items())):
            tally.add(run(name, turn, Path(folder)))
            if sum(one.cases for one in tallies.values()) >= cases:
                break
    for name, tally in tallies.items():
        sys.stdout.write(
            f"{name:16} {tally.runs} runs, {tally.cases} cases of {tally.tested} operations,"
            f" {len(tally.accepted)} of which said yes at least once: {tally.findings} findings\n"
        )
    return 1 if any(tally.findings for tally in tallies.values()) else 0


def run(name: str, seed: int, folder: Path) -> dict[str, Any]:
    """One run in the world of one scenario; what schemathesis reports of it."""
    scenario, report = folder / f"{name}.yaml", folder / f"{name}-{seed}.json"
    scenario.write_text(WORLDS[name], encoding="utf-8")
    with server_process("--scenario", str(scenario)) as server, client_of(server) as someone:
        asked = {"employe": GERANTE, "expiresIn": 86400}
        answer = someone.post("/_mock/tokens", json=asked, timeout=PATIENCE_SECONDS)
        token = answer.json()["access_token"]
        subprocess.run(
            [
                *(str(Path(sys.executable).with_name("st")), "--config-file"),
                *(str(HERE / "schemathesis.toml"), "run", f"{server.url}/openapi.json"),
                *("--header", f"Authorization: Bearer {token}"),
                *("--phases", "examples,coverage,fuzzing,stateful", "--mode", "all"),
                *("--checks", "all", "--continue-on-failure"),
                *("--max-examples", str(EXAMPLES), "--seed", str(seed)),
                *("--generation-database", "none", "--suppress-health-check", "all"),
                *("--report-json-path", str(report), "--no-color"),
            ],
            env={
                **os.environ,
                "SCHEMATHESIS_HOOKS": "tests.contract.hooks",
                "FUZZED_SCENARIO": str(scenario),
                "FUZZED_SERVER": server.url,
            },
            check=False,
        )
    outcome: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return outcome


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
