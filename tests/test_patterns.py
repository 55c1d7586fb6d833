import re
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rdv_mock.fixtures import default_limits
from rdv_mock.patterns import (
    LONGEST_PATTERN,
    LONGEST_TEXT,
    BadPattern,
    check_pattern,
    fits_whole,
)

MOTIF = default_limits().text("numeroAutorisation.motif")
SECONDS_FOR_A_HOSTILE_PATTERN = 0.5


@given(
    st.one_of(st.from_regex(MOTIF), st.text("AES0123456789٠ \n", max_size=13), st.text(max_size=13))
)
@example("A0850001230\n")
@example("A٠٨٥٠٠٠١٢٣٠")
@example("A08500012\ud800")
def test_the_default_pattern_takes_what_pythons_engine_takes(text: str) -> None:
    assert fits_whole(MOTIF, text) == (re.fullmatch(MOTIF, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^X\d$",
        r"\d+|X",
        "X|1",
        r"[\d-]+",
        r"\w+",
        r"\W+",
        r"\s",
        r"\S+",
        r"[^\D]",
        r"\bX\b",
        r"X\Z",
    ],
)
@pytest.mark.parametrize(
    "text", ["X1", "1", "X", "٣", "é", "-", "_", " ", "\u00a0", "X\n", "", "1-1"]
)
def test_letters_digits_and_blanks_are_those_of_ascii(pattern: str, text: str) -> None:
    assert fits_whole(pattern, text) == (re.fullmatch(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    "pattern", ["(A+)+B", "(A|A)*B", "(A*)*B", "A*A*A*A*A*A*B", "(A{1,50}){1,50}B"]
)
def test_no_pattern_takes_its_time(pattern: str) -> None:
    check_pattern(pattern)
    began = perf_counter()

    assert not fits_whole(pattern, "A" * LONGEST_TEXT)

    assert perf_counter() - began < SECONDS_FOR_A_HOSTILE_PATTERN


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(?=A)A", "elle regarde autour d'elle"),
        (r"A(?!B)", "elle regarde autour d'elle"),
        (r"(?<=A)B", "elle regarde autour d'elle"),
        (r"(?<!A)B", "elle regarde autour d'elle"),
        (r"(A)\1", "elle renvoie à un groupe"),
        (r"A{1000}{1000}", "qui tienne en mémoire"),
        (r")|(", "n'est pas une expression régulière"),
        ("[", "n'est pas une expression régulière"),
        ("(" * 250 + ")" * 250, "n'est pas une expression régulière"),
        ("A" * (LONGEST_PATTERN + 1), "doit compter au plus 500 caractères"),
    ],
)
def test_what_the_engine_does_not_know_is_refused_and_told_why(pattern: str, why: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(why)):
        check_pattern(pattern)


def test_a_text_that_is_too_long_fits_nothing() -> None:
    assert fits_whole("A*", "A" * LONGEST_TEXT)
    assert not fits_whole("A*", "A" * (LONGEST_TEXT + 1))
