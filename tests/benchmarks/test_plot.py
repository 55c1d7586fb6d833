from xml.etree import ElementTree

from benchmarks.figures import Figure, Name
from benchmarks.plot import BAR_WIDTH, PANELS, Panel, plot

SVG = "{http://www.w3.org/2000/svg}"
PANEL = Panel(
    "Calls & more",
    {
        "ours": Name("calls", "ours", "rate"),
        "theirs": Name("calls", "theirs", "rate"),
        "absent": Name("calls", "absent", "rate"),
    },
)
RESULTS = [
    Figure(Name("calls", "ours", "rate"), "calls/s", (1_000.0,)),
    Figure(Name("calls", "theirs", "rate"), "calls/s", (250.0,)),
]


def texts_of(svg: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def test_the_longest_bar_is_as_wide_as_there_is_room_and_the_others_in_proportion() -> None:
    svg = ElementTree.fromstring(plot(RESULTS, [PANEL]))

    _, *bars = svg.iter(f"{SVG}rect")

    assert [float(bar.attrib["width"]) for bar in bars] == [BAR_WIDTH, BAR_WIDTH / 4]


def test_every_bar_has_its_name_and_its_number() -> None:
    svg = ElementTree.fromstring(plot(RESULTS, [PANEL]))
    assert texts_of(svg)[:5] == ["Calls & more", "ours", "1,000", "theirs", "250"]


def test_what_is_missing_says_so() -> None:
    svg = ElementTree.fromstring(plot(RESULTS, [PANEL]))
    assert texts_of(svg)[-2:] == ["absent", "not measured"]


def test_without_any_figure_there_is_still_a_plot() -> None:
    svg = ElementTree.fromstring(plot([]))
    assert texts_of(svg).count("not measured") == sum(len(panel.bars) for panel in PANELS)
    assert len(list(svg.iter(f"{SVG}rect"))) == 1
