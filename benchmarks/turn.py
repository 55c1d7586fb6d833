"""`python -m benchmarks.turn FILE PORT SUITE…`: measure once and briefly, for `against.py` to read.

It runs in the checkout that is measured, with the benchmarks of the one that compares.
"""

import signal
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.__main__ import Suite, describe, end, run
from benchmarks.bench import SHORT
from benchmarks.report import as_json

TURN = replace(SHORT, peers=())
"""As the short run, without other mocks: they are the same for both."""


def measure(file: Path, port: int, suites: list[Suite]) -> None:
    """Write what the benchmarks give. Raises NotMeasured when one did not run properly."""
    file.write_text(as_json(describe("turn"), run(suites, TURN, port)), encoding="utf-8")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    measure(Path(sys.argv[1]), int(sys.argv[2]), [Suite(name) for name in sys.argv[3:]])
