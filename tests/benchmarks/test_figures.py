import pytest

from benchmarks.figures import Figure, Name, Samples, percentile


@pytest.mark.parametrize(
    ("part", "value"), [(0, 1), (1, 1), (50, 5), (51, 6), (90, 9), (91, 10), (99, 10), (100, 10)]
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(part: int, value: int) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], part) == value


def test_of_one_value_every_percentile_is_that_value() -> None:
    assert percentile([3.5], 1) == percentile([3.5], 99) == 3.5


def test_a_figure_is_the_median_of_its_samples() -> None:
    assert Figure(Name("cold", "rdv-mock", "ready"), "ms", (9, 1, 2, 300, 3)).median == 3


def test_samples_keep_the_order_in_which_figures_first_came() -> None:
    samples = Samples("cold")
    for value in (1, 2):
        samples.add("rdv-mock", "ready", "ms", value)
        samples.add("Prism", "ready", "ms", value * 10)

    figures = samples.figures()

    assert figures == [
        Figure(Name("cold", "rdv-mock", "ready"), "ms", (1, 2)),
        Figure(Name("cold", "Prism", "ready"), "ms", (10, 20)),
    ]


def test_the_first_sample_of_a_warm_up_counts_for_nothing() -> None:
    samples = Samples("cold")
    for value in (1_000, 2, 3, 4):
        samples.add("rdv-mock", "ready", "ms", value)

    (figure,) = samples.figures(warm_up=True)

    assert figure.samples == (2, 3, 4)
