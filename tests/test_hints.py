from time import perf_counter

import pytest

from rdv_mock.hints import MOST_COMPARED, nearest, suggestion

NAMES = ["demonstration", "panier_plein", "panier_expire", "seuil_atteint", "lea"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("demonstratio", "demonstration"),
        ("demonstraton", "demonstration"),
        ("Demonstration", "demonstration"),
        ("SEUIL_ATEINT", "seuil_atteint"),
        ("plein", "panier_plein"),
        ("lae", "lea"),
        ("LEA", "lea"),
        ("leo", "lea"),
    ],
)
def test_the_name_that_was_probably_meant_is_found_whatever_its_case(word: str, meant: str) -> None:
    assert nearest(word, NAMES) == meant
    assert suggestion(word, NAMES) == f" ; vouliez-vous dire « {meant} » ?"


@pytest.mark.parametrize("word", ["", "xyzzy", "1", "zoe", "panier" * 40])
def test_nothing_is_said_of_a_word_that_is_like_none(word: str) -> None:
    assert nearest(word, NAMES) is None
    assert suggestion(word, NAMES) == ""


def test_of_two_names_that_hold_a_word_the_shorter_one_is_meant() -> None:
    assert nearest("panier", NAMES) == "panier_plein"


def test_a_name_among_very_many_is_still_found_by_a_part_of_it() -> None:
    many = [f"candidat-{number}" for number in range(2 * MOST_COMPARED)] + ["zoe-lhenaff"]

    assert nearest("lhenaff", many) == "zoe-lhenaff"


def test_no_number_of_names_keeps_anybody_waiting() -> None:
    many = [f"candidat-{number}" for number in range(80_000)]
    began = perf_counter()

    nearest("candidta-79999", many)
    nearest("x" * 1_000_000, many)

    assert perf_counter() - began < 2
