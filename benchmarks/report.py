"""How results are shown: tables for the terminal and for Markdown, and JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.figures import Figure, Missing, Name, Result
from benchmarks.goals import ELSEWHERE, Goal, Verdict

Row = tuple[str, ...]
RATIO = "×"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head, and sentences below them."""

    head: Row
    rows: Sequence[Row]
    notes: Sequence[str] = ()

    def columns(self) -> list[Row]:
        """The same, by column, the head first."""
        return list(zip(self.head, *self.rows, strict=True))


def number(value: float, unit: str) -> str:
    """A value with as many digits as mean something."""
    digits = 0 if not unit or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def with_unit(value: float, unit: str) -> str:
    """A value and its unit; a ratio needs none."""
    return f"{number(value, unit)} {unit}".removesuffix(f" {RATIO}").rstrip()


def figures_table(suite: str, results: Iterable[Result]) -> Table:
    """All figures of one benchmark, the ratios and what is missing below."""
    results = list(results)
    figures = [one for one in results if isinstance(one, Figure) and one.name.suite == suite]
    plain = {one.name: one for one in figures if one.unit != RATIO}
    columns = dict.fromkeys((name.column, one.unit) for name, one in plain.items())
    head = (suite, *(f"{column} ({unit})" if unit else column for column, unit in columns))
    rows = []
    for row in dict.fromkeys(name.row for name in plain):
        cells = [plain.get(Name(suite, row, column)) for column, _ in columns]
        rows.append((row, *("" if one is None else number(one.median, one.unit) for one in cells)))
    ratios = [f"{one.name} {number(one.median, one.unit)}" for one in figures if one.unit == RATIO]
    absent = [
        f"{one.row}: missing, wants {one.wants}"
        for one in results
        if isinstance(one, Missing) and one.suite == suite and one.column is None
    ]
    return Table(head, rows, [*ratios, *absent])


def goals_table(verdicts: Iterable[Verdict]) -> Table:
    """What was measured beside what it is to be, and whether it holds."""
    rows = []
    for verdict in verdicts:
        name = verdict.goal.name
        measured = "" if verdict.value is None else with_unit(verdict.value, verdict.unit)
        word = verdict.word if verdict.wants is None else f"{verdict.word}, wants {verdict.wants}"
        bound = bound_of(verdict.goal, verdict.unit)
        rows.append((name.suite, str(name), measured, bound, word))
    return Table(("benchmark", "figure", "measured", "goal", "verdict"), rows, [ELSEWHERE])


def bound_of(goal: Goal, unit: str) -> str:
    """The bound as people write it."""
    sign = "≥" if goal.most is None else "≤"
    better = "" if goal.ambition is None else f" (better {number(goal.ambition, unit)})"
    return f"{sign} {with_unit(goal.bound, unit)}{better}"


def as_text(table: Table) -> str:
    """A table for the terminal."""
    columns = [
        [cell.rjust(width) if _is_of_numbers(column) else cell.ljust(width) for cell in column]
        for column in table.columns()
        if (width := max(map(len, column)))
    ]
    lines = ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
    return "\n".join([*lines, *(f"  {note}" for note in table.notes)])


def as_markdown(table: Table) -> str:
    """A table for a page, its notes a list below it."""
    rules = ["---:" if _is_of_numbers(column) else "---" for column in table.columns()]
    lines = [f"| {' | '.join(row)} |" for row in (table.head, rules, *table.rows)]
    return "\n".join([*lines, "", *(f"- {note}" for note in table.notes)])


def _is_of_numbers(column: Row) -> bool:
    return all(cell[:1] in "-0123456789" for cell in column[1:])


def as_json(run: Mapping[str, str], results: Iterable[Result]) -> str:
    """All samples of all figures, and what the run was: the machine, how much was measured."""
    results = list(results)
    content = {
        "run": run,
        "figures": [
            {**asdict(one.name), "unit": one.unit, "median": one.median, "samples": one.samples}
            for one in results
            if isinstance(one, Figure)
        ],
        "missing": [asdict(one) for one in results if isinstance(one, Missing)],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_json(text: str) -> tuple[dict[str, str], list[Result]]:
    """What the run was, and its results, as `as_json` wrote them."""
    content: dict[str, Any] = json.loads(text)
    figures = [
        Figure(Name(one["suite"], one["row"], one["column"]), one["unit"], tuple(one["samples"]))
        for one in content["figures"]
    ]
    return content["run"], [*figures, *(Missing(**one) for one in content["missing"])]


def page(run: Mapping[str, str], results: Sequence[Result], verdicts: Iterable[Verdict]) -> str:
    """The page of `docs/` with all tables."""
    suites = dict.fromkeys(one.name.suite for one in results if isinstance(one, Figure))
    tables = [as_markdown(figures_table(suite, results)) for suite in suites]
    what = ", ".join(f"{name} {value}" for name, value in run.items())
    return "\n".join(
        [
            "# What was measured",
            "",
            f"Written by `make bench` ({what}). How it is measured is in README.md.",
            "",
            "## Goals",
            "",
            as_markdown(goals_table(verdicts)),
            "",
            "## Figures",
            "",
            "Medians; `at 16` is over 16 connections at once.",
            "",
            "\n".join(f"{table}\n" for table in tables),
        ]
    )
