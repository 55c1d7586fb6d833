"""How tests write a finding down: one line."""

from rdv_mock.diff import Comparison
from rdv_mock.diff.findings import Finding, Said


def told(comparison: Comparison) -> set[str]:
    """Every finding of a comparison, each once."""
    lines = [line_of(finding) for finding in comparison.findings]
    assert len(lines) == len(set(lines)), lines
    return set(lines)


def line_of(finding: Finding) -> str:
    """`kind | where | ours -> real`, where being a schema of ours if it lies in one."""
    [place, *others] = finding.places
    if finding.schema:
        where = f"schema {finding.schema} {finding.field}".rstrip()
    else:
        where = " ".join(filter(None, (place.operation, place.part, place.field)))
        where += f" +{len(others)}" if others else ""
    kind = f"{finding.kind} {finding.keyword}".rstrip()
    return f"{kind} | {where} | {_text(finding.ours)} -> {_text(finding.real)}"


def _text(said: Said) -> str:
    return "–" if said is None else said if isinstance(said, str) else ", ".join(said)
