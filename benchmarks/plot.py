"""The plot that README shows: bars as SVG, written by hand so that it needs no library."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from benchmarks.figures import Figure, Name, Result
from benchmarks.report import number

WIDTH = 760
LABEL_WIDTH = 190
VALUE_WIDTH = 80
BAR_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH
BAR_HEIGHT = 18
ROW_HEIGHT = 26
TITLE_HEIGHT = 34
MARGIN = 16
OURS, OTHERS, INK, PAPER = "#1f6feb", "#b8c0cc", "#24292f", "#ffffff"
FONT = "font-family='system-ui, sans-serif'"


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure of several servers: its title, and where each bar's number is found."""

    title: str
    bars: Mapping[str, Name]


def _cold(column: str) -> dict[str, Name]:
    servers = ("rdv-mock", "empty FastAPI", "Prism", "Mockoon", "WireMock")
    return {server: Name("cold", server, column) for server in servers}


LECON = "POST leçon"
PANELS = (
    Panel("From the start to the first answer, ms (less is better)", _cold("ready")),
    Panel("Memory when idle, MiB (less is better)", _cold("idle")),
    Panel(
        "POST leçon over 16 connections, calls a second (more is better)",
        {
            "rdv-mock": Name("calls", LECON, "rate at 16"),
            **{
                other: Name("calls", f"{LECON}, {other}", "rate at 16")
                for other in ("empty FastAPI", "bare uvicorn", "Prism", "Mockoon", "WireMock")
            },
        },
    ),
)


def plot(results: Iterable[Result], panels: Sequence[Panel] = PANELS) -> str:
    """The panels one below the other; a server that is missing has no bar, and says so."""
    figures = {one.name: one for one in results if isinstance(one, Figure)}
    top, parts = MARGIN, []
    for panel in panels:
        parts += _panel(panel, figures, top)
        top += TITLE_HEIGHT + len(panel.bars) * ROW_HEIGHT + MARGIN
    size = f"width='{WIDTH}' height='{top}' viewBox='0 0 {WIDTH} {top}'"
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img'>",
            "<title>rdv-mock beside a framework without rules, and beside other mocks</title>",
            f"<rect width='{WIDTH}' height='{top}' fill='{PAPER}'/>",
            *parts,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel, figures: Mapping[Name, Figure], top: int) -> list[str]:
    known = [figures[name].median for name in panel.bars.values() if name in figures]
    longest = max(known, default=1.0)
    parts = [_text(MARGIN, top + 18, panel.title, weight="600")]
    for place, (label, name) in enumerate(panel.bars.items()):
        y = top + TITLE_HEIGHT + place * ROW_HEIGHT
        parts.append(_text(LABEL_WIDTH - 8, y + 13, label, anchor="end"))
        figure = figures.get(name)
        if figure is None:
            parts.append(_text(LABEL_WIDTH, y + 13, "not measured"))
            continue
        length = round(figure.median / longest * BAR_WIDTH, 1)
        where = f"x='{LABEL_WIDTH}' y='{y}' width='{length}' height='{BAR_HEIGHT}'"
        parts.append(f"<rect {where} rx='2' fill='{OURS if place == 0 else OTHERS}'/>")
        shown = number(figure.median, figure.unit)
        parts.append(_text(round(LABEL_WIDTH + length + 6, 1), y + 13, shown))
    return parts


def _text(x: float, y: int, text: str, *, anchor: str = "start", weight: str = "400") -> str:
    style = f"font-size='13' font-weight='{weight}' text-anchor='{anchor}' fill='{INK}'"
    return f"<text x='{x}' y='{y}' {FONT} {style}>{escape(text)}</text>"
