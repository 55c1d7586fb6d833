"""What `make mutants` tells of the mutants that it tried."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from rdv_mock import rules
from tests.rules.mutants import Mutant, Result, listed, report

PATH = Path("rdv_mock/rules/bail.py")
MUTANT = Mutant("bail.covers", "return a or b", "return a and b")
LISTED = {MUTANT: "nobody sees it"}


@pytest.mark.parametrize("status", ["killed", "timeout", "caught by type check"])
def test_a_mutant_that_a_test_notices_is_no_fault(status: str) -> None:
    assert report([Result(PATH, MUTANT, status)], {})[1] == 0


@pytest.mark.parametrize("status", ["survived", "no tests", "not checked", "suspicious", "skipped"])
def test_any_other_mutant_is_told_as_a_change(status: str) -> None:
    told, faults = report([Result(PATH, MUTANT, status)], {})

    assert faults == 1
    assert f"bail.covers ({status})\n  - return a or b\n  + return a and b" in told


def test_a_survivor_that_is_listed_is_no_fault() -> None:
    assert report([Result(PATH, MUTANT, "survived")], LISTED)[1] == 0


@pytest.mark.parametrize("change", [{"function": "bail.bail_end"}, {"before": "x"}, {"after": "x"}])
def test_another_change_than_the_one_listed_is_a_fault(change: Mapping[str, str]) -> None:
    survivors = [Result(PATH, one, "survived") for one in (MUTANT, MUTANT._replace(**change))]

    assert report(survivors, LISTED)[1] == 1


@pytest.mark.parametrize("tried", [[], [Result(PATH, MUTANT, "killed")]])
def test_a_change_that_is_listed_and_did_not_survive_is_a_fault(tried: list[Result]) -> None:
    assert report(tried, LISTED)[1] == 1


@pytest.mark.parametrize("mutant", listed(), ids=str)
def test_what_is_listed_stands_in_the_rules(mutant: Mutant) -> None:
    module = mutant.function.split(".", maxsplit=1)[0]
    source = Path(rules.__path__[0], f"{module}.py").read_text(encoding="utf-8")

    assert all(line in source for line in mutant.before.splitlines())
    assert listed()[mutant]
