"""Every page that is named somewhere is there, with the heading that is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, citations_of, complaint_of, links_of

NAMES_PAGES = {".py", ".yaml", ".yml", ".toml", ".md", ".js", ".mjs", ".ts", ".php", ".java", ".sh"}
NAMES_PAGES_TOO = {"Makefile", "Dockerfile", "run"}
LEFT_BEHIND = {"node_modules", "build", "dist", "generated", "mutants", "__pycache__"}


def files_of(folder: Path) -> Iterator[Path]:
    """What is in the repository: neither environments, nor what other programs leave behind."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name == ".ci" or not (path.name.startswith(".") or path.name in LEFT_BEHIND):
                yield from files_of(path)
        elif path.suffix in NAMES_PAGES or path.name in NAMES_PAGES_TOO:
            yield path


TEXTS = list(files_of(ROOT))
PAGES = [path for path in TEXTS if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert [complaint for link in links_of(page) if (complaint := complaint_of(link))] == []


def test_the_pages_that_code_and_data_name_are_there() -> None:
    complaints = [
        f"{path.relative_to(ROOT)}: {complaint}"
        for path in TEXTS
        for link in citations_of(path.read_text(encoding="utf-8"))
        if (complaint := complaint_of(link))
    ]

    assert complaints == []


def test_every_rule_is_reached_from_the_index() -> None:
    for folder in (DOCS / "rules", DOCS / "contract"):
        reached = {link.path for link in links_of(folder / "README.md")}

        assert {page.resolve() for page in folder.glob("*.md")} - reached == {
            (folder / "README.md").resolve()
        }


def test_a_link_that_leads_nowhere_is_told() -> None:
    named = ["rules/lecon.md#duration", "rules/lecon.md#dure", "rules/leson.md", "ci.md"]
    cited = ", ".join(f"docs/{name}" for name in named)
    complaints = [complaint_of(link) for link in citations_of(cited)]

    assert [bool(complaint) for complaint in complaints] == [False, True, True, False]
    assert re.search("has no heading #dure$", str(complaints[1]))


OUTSIDE = re.compile(r"\b(?:contract|design|facts|faults|rules|style)\.md\b")
"""Documents that this project was built from, and that are not part of it."""


def test_no_document_outside_of_the_repository_is_named() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in TEXTS
        for found in OUTSIDE.finditer(path.read_text(encoding="utf-8"))
        if path != Path(__file__)
    ]

    assert named == []
