"""Running a command of somebody else's and reading what it says."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SECONDS = 300


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """What a command says, once it has ended well; AssertionError with all of it otherwise."""
    environment = {name: held for name, held in os.environ.items() if name != "PYTHONDEVMODE"}
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**environment, "NO_COLOR": "1", "PYTHONPATH": str(cwd), **(env or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    return said
