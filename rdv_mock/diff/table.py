"""A comparison as a table for people, and as JSON for programs."""

import json
from collections.abc import Iterable, Iterator

from rdv_mock.diff.findings import Comparison, Finding, Said

NOTHING = "–"
WIDEST = 48
"""Characters of a value at most; addresses are told whole."""
OF_OPERATIONS = {"operation", "moved", "path", "base"}
MOST_NAMES = 2
"""Operations that a line names; of more it names the first."""
MOST_NOTES = 50

Row = tuple[str, str, str, str, str]
"""Where, what, ours, real, and in which operations."""


def as_json(comparison: Comparison) -> str:
    """A comparison as JSON; half an emoji of the real document stays an escape."""
    content = {
        "same": not comparison.findings,
        "ours": {"title": comparison.ours.title, "operations": comparison.ours.operations},
        "real": {"title": comparison.real.title, "operations": comparison.real.operations},
        "inBoth": comparison.in_both,
        "findings": [
            {
                "kind": finding.kind,
                "keyword": finding.keyword or None,
                "ours": finding.ours,
                "real": finding.real,
                "schema": finding.schema,
                "schemaField": finding.field or None,
                "places": [
                    {"operation": place.operation, "part": place.part, "field": place.field}
                    for place in finding.places
                ],
            }
            for finding in comparison.findings
        ],
        "notes": list(comparison.notes),
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode()


def as_table(comparison: Comparison) -> str:
    """A comparison for people: what is general first, then operation by operation."""
    ours, real = comparison.ours, comparison.real
    lines = [
        f"ours: {ours.title}, {_count(ours.operations, 'operation')}",
        f"real: {real.title}, {_count(real.operations, 'operation')},"
        f" {comparison.in_both} of them also ours",
    ]
    for title, rows in _sections(comparison.findings):
        lines += ["", title, *_aligned([("where", "what", "ours", "real", ""), *rows])]
    if comparison.notes:
        lines += ["", "could not be compared"]
        lines += [f"  {note}" for note in comparison.notes[:MOST_NOTES]]
        if len(comparison.notes) > MOST_NOTES:
            lines.append(f"  and {len(comparison.notes) - MOST_NOTES} more (--format json has all)")
    count = _count(len(comparison.findings), "difference")
    lines += ["", count if comparison.findings else "no difference"]
    return "\n".join(_printable(line.rstrip()) for line in lines)


def _sections(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Row]]]:
    """Rows under their headings: what is general before what is of one operation."""
    sections: dict[str, list[Row]] = {"operations": [], "in schemas": [], "in operations": []}
    for finding in findings:
        title, where = _heading(finding)
        what = finding.keyword or finding.kind
        ours, real = _said(finding.ours), _said(finding.real)
        if finding.kind not in OF_OPERATIONS:
            where, ours, real = _cut(where), _cut(ours), _cut(real)
        row = (where, what, ours, real, _operations(finding))
        sections.setdefault(title, []).append(row)
    for title, rows in sections.items():
        if rows:
            yield title, rows


def _heading(finding: Finding) -> tuple[str, str]:
    """The section of a finding, and what it says about where."""
    [place, *others] = finding.places
    if finding.kind in OF_OPERATIONS:
        return "operations", ""
    if others and finding.schema:
        return "in schemas", ".".join(filter(None, (finding.schema, finding.field)))
    where = " ".join(filter(None, (place.part, place.field)))
    return ("in operations" if others else place.operation), where


def _operations(finding: Finding) -> str:
    """Where it was met, unless the heading says it."""
    first, *others = finding.operations
    if len(finding.places) == 1:
        return ""
    if len(others) < MOST_NAMES:
        return ", ".join([first, *others])
    return f"{first} and {len(others)} more operations"


def _said(said: Said) -> str:
    return NOTHING if said is None else said if isinstance(said, str) else ", ".join(said)


def _aligned(rows: list[Row]) -> Iterator[str]:
    shown = [[_printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in range(len(shown[0]))]
    filled = [any(cells) for cells in zip(*shown[1:], strict=True)]
    for row in shown:
        cells = (
            cell.ljust(width)
            for cell, width, is_filled in zip(row, widths, filled, strict=True)
            if is_filled
        )
        yield "  " + "  ".join(cells)


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…"


def _printable(text: str) -> str:
    """A text that a terminal shows and does not obey."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "backslashreplace").decode()
        for sign in text
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
