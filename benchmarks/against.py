"""The working tree beside another revision of it, in one run, turn by turn.

Both are measured by the same benchmarks, those of this tree, each in an environment of its own that
its own Makefile has made.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Name, NotMeasured, Result
from benchmarks.report import Table, number, read_json
from benchmarks.servers import ROOT

TURNS = 5
TREES = ROOT / "build" / "against"
HIGHER_IS_BETTER = ("calls/s",)
"""Units of which more is better; of all others less is."""

Measure = Callable[["Tree", int, Sequence[str]], list[Result]]


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout that can be measured, and the interpreter of its environment."""

    name: str
    root: Path
    python: Path


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both, a sample a turn."""

    name: Name
    unit: str
    old: tuple[float, ...]
    new: tuple[float, ...]

    @property
    def medians(self) -> tuple[float, float]:
        """Of the other revision, and of this tree."""
        old, new = (Figure(self.name, self.unit, one).median for one in (self.old, self.new))
        return old, new

    @property
    def verdict(self) -> str:
        """`as before` where the new median lies within the turns of the old."""
        _, new = self.medians
        if min(self.old) <= new <= max(self.old):
            return "as before"
        if self.unit == "×":
            return "higher" if new > max(self.old) else "lower"
        is_more = new > max(self.old)
        return "better" if is_more == (self.unit in HIGHER_IS_BETTER) else "worse"


def tree_of(revision: str) -> Tree:
    """A worktree of a revision, ready to be measured. Raises NotMeasured when there is none."""
    found = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if found.returncode:
        raise NotMeasured(f"there is no revision {revision!r} in this repository")
    commit = found.stdout.strip()
    root = TREES / commit[:12]
    if not root.exists():
        _git("worktree", "prune")
        made = _git("worktree", "add", "--detach", str(root), commit)
        if made.returncode:
            raise NotMeasured(f"no worktree of {revision}: {made.stderr.strip()}")
    shutil.rmtree(root / "benchmarks")
    shutil.copytree(
        ROOT / "benchmarks", root / "benchmarks", ignore=shutil.ignore_patterns("node_modules")
    )
    built = subprocess.run(
        [_path("make"), "--no-print-directory", f"PYTHON={sys.executable}", ".venv/tested"],
        cwd=root,
        check=False,
    )
    if built.returncode:
        raise NotMeasured(f"the environment of {revision} could not be made")
    return Tree(revision, root, root / ".venv" / "bin" / "python")


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_path("git"), *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )


def _path(command: str) -> str:
    """Where a program is. Raises NotMeasured when it is missing."""
    found = shutil.which(command)
    if found is None:
        raise NotMeasured(f"comparing two revisions wants {command}")
    return found


def measure_in(tree: Tree, port: int, suites: Sequence[str]) -> list[Result]:
    """What one turn in a tree gives. Raises NotMeasured when it did not run properly."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "turn.json"
        command = [str(tree.python), "-m", "benchmarks.turn", str(file), str(port), *suites]
        ended = subprocess.run(
            command, cwd=tree.root, capture_output=True, encoding="utf-8", check=False
        )
        if ended.returncode:
            raise NotMeasured(f"a turn of {tree.name} failed:\n{ended.stderr[-2_000:]}")
        return read_json(file.read_text(encoding="utf-8"))[1]


def compare(
    old: Tree,
    new: Tree,
    port: int,
    suites: Sequence[str],
    *,
    turns: int = TURNS,
    measure: Measure = measure_in,
    say: Callable[[str], None] = lambda _line: None,
) -> list[Compared]:
    """Measure both in turn; who begins changes each time, as a machine is not always the same."""
    samples: dict[str, dict[Name, list[float]]] = {"old": {}, "new": {}}
    units: dict[Name, str] = {}
    for turn in range(turns):
        pair = [("old", old), ("new", new)]
        for which, tree in pair if turn % 2 == 0 else reversed(pair):
            for figure in _figures(measure(tree, port, suites)):
                samples[which].setdefault(figure.name, []).append(figure.median)
                units[figure.name] = figure.unit
        say(f"turn {turn + 1} of {turns} is over")
    return [
        Compared(name, units[name], tuple(samples["old"][name]), tuple(values))
        for name, values in samples["new"].items()
        if name in samples["old"]
    ]


def _figures(results: Iterable[Result]) -> list[Figure]:
    return [one for one in results if isinstance(one, Figure)]


def table_of(compared: Iterable[Compared], old: str) -> Table:
    """Both side by side, with the spread that the old one had by itself."""
    rows = []
    for one in compared:
        before, after = one.medians
        spread = f"{number(min(one.old), one.unit)} – {number(max(one.old), one.unit)}"
        ratio = f"{after / before:.3f}" if before else ""
        unit = "" if one.unit == "×" else one.unit
        shown = (number(before, one.unit), spread, number(after, one.unit), unit)
        rows.append((one.name.suite, str(one.name), *shown, ratio, one.verdict))
    head = ("benchmark", "figure", old, "its turns", "this tree", "unit", "new / old", "verdict")
    return Table(head, rows, [f"Medians of {TURNS} turns each, old and new in turn."])
