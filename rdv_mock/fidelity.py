"""What is known, how surely, and what we chose: ERRORS.md and FIDELITY.md are written here."""

from collections.abc import Iterable, Iterator, Sequence

from rdv_mock import fixtures
from rdv_mock.api import simulated
from rdv_mock.api.operation import ApiOperation
from rdv_mock.errors import SOURCES, ApiError

GENERATED = "<!-- Written by `make docs`; a test keeps it true. -->"


def errors_markdown() -> str:
    """The catalogue of refusals, as ERRORS.md holds it."""
    rows = [
        (
            f"`{error.code}`",
            _statuses(error),
            _messages(error),
            error.value.certainty,
            error.value.status_certainty or error.value.certainty,
            error.value.message_certainty or error.value.certainty,
            error.value.source or "",
        )
        for error in ApiError
    ]
    return "\n".join(
        [
            "# Errors",
            "",
            GENERATED,
            "",
            "Every refusal has one body: `code` and `erreur` (the same code twice), `message`, and",
            "`details` where there are any. The last columns say how sure the code, the status and",
            "the message are, and where an official message is published. A scenario may override",
            "status and message under `errors`.",
            "",
            *_table(
                ("code", "status", "message", "code is", "status is", "message is", "published"),
                rows,
            ),
            "",
        ]
    )


def _statuses(error: ApiError) -> str:
    entry = error.value
    special = [f"{status} on `{name}`" for name, status in entry.status_on.items()]
    return ", ".join([str(entry.status), *special])


def _messages(error: ApiError) -> str:
    by_message: dict[str, list[str]] = {}
    for operation, message in error.value.message_on.items():
        by_message.setdefault(message, []).append(f"`{operation}`")
    special = [f"« {message} » on {', '.join(names)}" for message, names in by_message.items()]
    return " · ".join([error.example(), *special])


def fidelity_markdown() -> str:
    """What is known how surely and what we chose, as FIDELITY.md holds it."""
    return "\n".join(
        [
            "# Fidelity",
            "",
            GENERATED,
            "",
            "The State's own OpenAPI document sits behind a login. What this simulator says of it",
            "carries one of five levels of certainty, in the code, in the OpenAPI document",
            "(`x-certitude`) and here:",
            "",
            *_table(("level", "meaning"), [(f"`{name}`", text) for name, text in SOURCES.items()]),
            "",
            "## Operations",
            "",
            *_table(("operation", "call", "certainty"), _operations()),
            "",
            "The refusals are in [ERRORS.md](ERRORS.md), each with its certainty.",
            "",
            "## What we chose",
            "",
            "Where the sources are silent or contradict each other, and how to choose otherwise:",
            "",
            *_table(("question", "our choice", "switch"), _choices()),
            "",
            "## Numbers",
            "",
            "Every number of the rules, from `fixtures/limits.yaml`; a scenario changes any",
            "of them under `limits`.",
            "",
            *_table(("key", "value", "certainty", "remark"), _limits()),
            "",
        ]
    )


def _operations() -> Iterator[Sequence[str]]:
    for route in simulated.ROUTES:
        if isinstance(route, ApiOperation):
            call = f"`{route.method} {route.path}`"
            yield f"`{route.operation}`", call, route.traits.certainty


def _choices() -> Iterator[Sequence[str]]:
    for choice in fixtures.load("choices"):
        yield choice["question"], choice["choice"], choice["switch"]


def _limits() -> Iterator[Sequence[str]]:
    values = fixtures.default_limits().values
    for key, source in fixtures.limit_sources().items():
        value = values[key]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        remark = " or ".join(filter(None, (source.remark, ", ".join(source.choices))))
        yield f"`{key}`", f"`{shown}`", source.certainty, remark


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    print(fidelity_markdown(), end="")  # noqa: T201 - this is its purpose
