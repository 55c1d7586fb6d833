import json

import pytest

from benchmarks.figures import Figure, Missing, Name, Result
from benchmarks.goals import ELSEWHERE, Goal, judge
from benchmarks.report import (
    Table,
    as_json,
    as_markdown,
    as_text,
    bound_of,
    figures_table,
    goals_table,
    number,
    page,
    read_json,
    with_unit,
)

RESULTS: list[Result] = [
    Figure(Name("cold", "rdv-mock", "ready"), "ms", (1_234.5,)),
    Figure(Name("cold", "rdv-mock", "idle"), "MiB", (87.75,)),
    Figure(Name("cold", "rdv-mock", "ready / empty FastAPI"), "×", (1.456,)),
    Figure(Name("cold", "empty FastAPI", "ready"), "ms", (850.0,)),
    Missing("cold", "Prism", "Node.js"),
    Missing("cold", "rdv-mock", "Node.js", "ready / Prism"),
    Figure(Name("night", "largest world", "night"), "s", (8.9,)),
]
GOALS = [
    Goal(Name("cold", "rdv-mock", "ready / empty FastAPI"), most=1.5),
    Goal(Name("cold", "rdv-mock", "ready / Prism"), most=1),
    Goal(Name("cold", "rdv-mock", "idle"), most=80),
]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.123, "ms", "0.12"),
        (9.99, "ms", "9.99"),
        (10.01, "ms", "10.0"),
        (99.94, "ms", "99.9"),
        (100.4, "ms", "100"),
        (12_345.6, "calls/s", "12,346"),
        (-0.25, "MiB", "-0.25"),
        (54.0, "", "54"),
        (0.7, "×", "0.70"),
    ],
)
def test_a_number_has_the_digits_that_mean_something(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_a_ratio_and_a_count_bear_no_unit() -> None:
    assert [with_unit(1.5, unit) for unit in ("ms", "×", "")] == ["1.50 ms", "1.50", "2"]


def test_a_bound_says_on_which_side_it_is_good_to_be() -> None:
    name = Name("calls", "POST leçon", "rate at 16 / empty FastAPI")
    assert bound_of(Goal(name, most=20), "MiB") == "≤ 20.0 MiB"
    assert bound_of(Goal(name, least=0.7, ambition=1.0), "×") == "≥ 0.70 (better 1.00)"


def test_figures_stand_in_a_table_with_ratios_and_what_is_missing_below() -> None:
    assert as_text(figures_table("cold", RESULTS)).splitlines() == [
        "cold           ready (ms)  idle (MiB)",
        "rdv-mock            1,234        87.8",
        "empty FastAPI         850",
        "  rdv-mock: ready / empty FastAPI 1.46",
        "  Prism: missing, wants Node.js",
    ]


def test_goals_stand_beside_what_was_measured() -> None:
    table = goals_table(judge(RESULTS, ["cold"], GOALS))

    assert [row[1:] for row in table.rows] == [
        ("rdv-mock: ready / empty FastAPI", "1.46", "≤ 1.50", "holds"),
        ("rdv-mock: ready / Prism", "", "≤ 1", "missing, wants Node.js"),
        ("rdv-mock: idle", "87.8 MiB", "≤ 80.0 MiB", "does not hold"),
    ]
    assert table.notes == [ELSEWHERE]


def test_a_table_is_markdown_too() -> None:
    table = Table(("a", "b"), [("x", "1.0"), ("y", "")], ["and a note"])
    assert as_markdown(table).splitlines() == [
        "| a | b |",
        "| --- | ---: |",
        "| x | 1.0 |",
        "| y |  |",
        "",
        "- and a note",
    ]


def test_results_are_read_as_they_were_written() -> None:
    run = {"size": "full", "cores": "2"}

    text = as_json(run, RESULTS)

    figures = [one for one in RESULTS if isinstance(one, Figure)]
    missing = [one for one in RESULTS if isinstance(one, Missing)]
    assert read_json(text) == (run, [*figures, *missing])
    assert json.loads(text)["figures"][0]["median"] == 1_234.5


def test_the_page_has_the_goals_and_every_benchmark() -> None:
    text = page({"cores": "2"}, RESULTS, judge(RESULTS, ["cold"], GOALS))

    assert "(cores 2)." in text
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# What was measured",
        "## Goals",
        "## Figures",
    ]
    assert "| cold | rdv-mock: idle | 87.8 MiB | ≤ 80.0 MiB | does not hold |" in text
    assert "| largest world | 8.90 |" in text
