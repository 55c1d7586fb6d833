"""`make mutants`: small changes of `rules/`, one at a time; a test has to fail for each.

A change that makes no difference is listed in `equivalent_mutants.yaml` with the reason. Prints a
table by file and every other survivor, and ends with 1 when there is any.
"""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

LISTED = Path(__file__).parent / "equivalent_mutants.yaml"
TRIED = Path("mutants")
"""Where mutmut writes the mutants, and what became of them."""
KILLED = {"killed", "timeout", "caught by type check"}
"""A change that makes a test run for ever is noticed as well."""


class Mutant(NamedTuple):
    """A change of a function: the lines before it, and those after it."""

    function: str
    before: str
    after: str


class Result(NamedTuple):
    """A mutant, the file it is in, and what became of it."""

    path: Path
    mutant: Mutant
    status: str


def listed() -> Mapping[Mutant, str]:
    """The mutants that make no difference, each with the reason."""
    entries = yaml.safe_load(LISTED.read_text(encoding="utf-8"))
    return {
        Mutant(entry["function"], entry["before"].strip(), entry["after"].strip()): entry["reason"]
        for entry in entries
    }


def results() -> Iterator[Result]:
    """What became of the mutants of the last run."""
    from mutmut.mutation.data import SourceFileMutationData  # noqa: PLC0415 - a tool of this alone
    from mutmut.stats import status_by_exit_code  # noqa: PLC0415

    for meta in sorted(TRIED.rglob("*.meta")):
        path = meta.relative_to(TRIED).with_suffix("")
        data = SourceFileMutationData(path=path)
        data.load()
        for name, exit_code in data.exit_code_by_key.items():
            yield Result(path, _mutant(name, path), status_by_exit_code[exit_code])


def _mutant(name: str, path: Path) -> Mutant:
    from mutmut.mutation.diff_apply import get_diff_for_mutant  # noqa: PLC0415
    from mutmut.utils.format_utils import orig_function_and_class_names_from_key  # noqa: PLC0415

    function, of_class = orig_function_and_class_names_from_key(name)
    changed = get_diff_for_mutant(name, path=path).splitlines()[2:]
    before, after = (
        "\n".join(line[1:].strip() for line in changed if line.startswith(sign)) for sign in "-+"
    )
    return Mutant(".".join(filter(None, (path.stem, of_class, function))), before, after)


def report(tried: Sequence[Result], equivalent: Mapping[Mutant, str]) -> tuple[str, int]:
    """The table by file, the survivors that are not listed, and how many faults there are."""
    kinds = {result: _kind(result, equivalent) for result in tried}
    paths = sorted({result.path for result in tried})
    counts = Counter((result.path, kind) for result, kind in kinds.items())
    columns = ("killed", "equivalent", "survived")
    lines = [f"{'':42}" + "".join(f"{column:>12}" for column in columns)]
    lines += [
        f"{path!s:42}" + "".join(f"{counts[path, column]:12}" for column in columns)
        for path in paths
    ]
    survivors = [result for result, kind in kinds.items() if kind == "survived"]
    for result in survivors:
        function, before, after = result.mutant
        lines += ["", f"{function} ({result.status})", f"  - {before}", f"  + {after}"]
    met = {result.mutant for result, kind in kinds.items() if kind == "equivalent"}
    stale = [mutant for mutant in equivalent if mutant not in met]
    lines += [f"\nlisted, and no survivor: {one.function}: {one.after}" for one in stale]
    return "\n".join(lines), len(survivors) + len(stale)


def _kind(result: Result, equivalent: Mapping[Mutant, str]) -> str:
    if result.status in KILLED:
        return "killed"
    return "equivalent" if result.mutant in equivalent else "survived"


def main() -> None:
    """Run mutmut anew, and tell what survived."""
    shutil.rmtree(TRIED, ignore_errors=True)
    ran = subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(ran.stdout + ran.stderr)
    told, faults = report(list(results()), listed())
    sys.stdout.write(f"{told}\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
