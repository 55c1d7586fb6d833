"""What is wrong with an overlay, line by line."""

from pathlib import Path

from rdv_mock.errors import Detail


class BadOverlay(Exception):  # noqa: N818 - a file that does not do, not a fault of ours
    """An overlay that cannot be: every problem, with its line."""

    def __init__(self, path: Path, problems: list[Detail]) -> None:
        super().__init__(path, *problems)
        self.path = path
        self.problems = sorted(problems, key=lambda detail: detail.ligne or 0)

    def lines(self) -> list[str]:
        """One line for each problem: `file:line: key message`."""
        return [
            " ".join(f"{self.path}{_line(one)}: {one.champ} {one.message}".split())
            for one in self.problems
        ]


def _line(detail: Detail) -> str:
    return "" if detail.ligne is None else f":{detail.ligne}"
