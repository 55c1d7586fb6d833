"""The pages of `docs/`: where they are, which headings they have, where they point to."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
FOLDERS = (DOCS / "contract", DOCS / "rules")
"""The pages that say what the real API is, and why a call is accepted or refused."""

INDEX = "README.md"
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)

_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CITED = re.compile(r"\bdocs/(?P<path>[\w/-]+\.md)(?:#(?P<anchor>[\w-]+))?")


class Link(NamedTuple):
    """What a text points to: a file, and a heading of it where one is named."""

    path: Path
    anchor: str


def pages() -> list[Path]:
    """The pages of both folders, the index of each first."""
    return [
        page
        for folder in FOLDERS
        for page in sorted(folder.glob("*.md"), key=lambda page: (page.name != INDEX, page.name))
    ]


def anchors_of(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    seen: dict[str, int] = {}
    anchors = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = seen[slug] = seen.get(slug, -1) + 1
        anchors.add(f"{slug}-{number}" if number else slug)
    return anchors


def links_of(page: Path) -> Iterator[Link]:
    """Where a Markdown page points to within the repository."""
    text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for found in _LINK.finditer(text):
        path, _, anchor = found["target"].partition("#")
        if "://" not in path and not path.startswith("mailto:"):
            yield Link((page.parent / path).resolve() if path else page.resolve(), anchor)


def citations_of(text: str) -> Iterator[Link]:
    """Which pages a text of code names: `docs/rules/lecon.md#duration`."""
    for found in _CITED.finditer(text):
        yield Link(DOCS / found["path"], found["anchor"] or "")


def complaint_of(link: Link) -> str | None:
    """Why a link leads nowhere; None when it leads somewhere."""
    if not link.path.exists():
        return f"{link.path} does not exist"
    if link.anchor and link.path.suffix == ".md":
        known = anchors_of(link.path.read_text(encoding="utf-8"))
        if link.anchor not in known:
            return f"{link.path.relative_to(ROOT)} has no heading #{link.anchor}"
    return None
