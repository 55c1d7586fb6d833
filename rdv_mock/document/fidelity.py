"""What is known, how surely, and what we chose: `GET /_mock/fidelity`, FIDELITY.md, ERRORS.md.

`fidelity` is the one derivation: from the routes, the shapes, the vocabulary, the catalogue of
refusals and the limits, which hold the certainty of each fact beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from inspect import getdoc
from itertools import groupby
from typing import Any, get_args

from pydantic import BaseModel

from rdv_mock import api, fixtures
from rdv_mock.document.components import certainty_of_code
from rdv_mock.document.openapi import certainty_of_operation, outside
from rdv_mock.document.texts import LEVELS
from rdv_mock.errors import SOURCES, ApiError
from rdv_mock.http.operation import ApiOperation
from rdv_mock.wire import fidelity as wire
from rdv_mock.wire.certainty import certainty_of
from rdv_mock.wire.vocabulary import VOCABULARY

GENERATED = "<!-- Written by `make docs`; a test keeps it true. -->"


@cache
def fidelity() -> wire.Fidelity:
    """Everything that is said of the real system, each with its certainty."""
    routes = api.ROUTES
    return wire.Fidelity(
        levels=[wire.LevelOnWire(name=name, meaning=text) for name, text in LEVELS.items()],
        operations=[_operation(route) for route in routes],
        shapes=[_shape(shape) for shape in _shapes_of(routes)],
        enumerations=list(_enumerations()),
        codes=[_code(error) for error in ApiError],
        limits=list(_limits()),
        choices=[wire.ChoiceTold(**choice) for choice in fixtures.load("choices")],
    )


def _operation(route: ApiOperation) -> wire.OperationTold:
    certainty = certainty_of_operation(route)
    return wire.OperationTold(
        operation=route.unique_id,
        method=route.method,
        path=route.path,
        certainty=certainty.level,
        note=certainty.note,
        parameters=_fields(route.query[1]) if route.query else [],
        codes=[error.code for error in route.traits.errors],
    )


def _fields(shape: type[BaseModel]) -> list[wire.FieldTold]:
    return [
        wire.FieldTold(name=field.alias or name, certainty=one.level, note=one.note)
        for name, field in shape.model_fields.items()
        for one in [certainty_of(shape, name)]
    ]


def _shape(shape: type[BaseModel]) -> wire.ShapeTold:
    return wire.ShapeTold(
        name=outside(shape.__name__), about=getdoc(shape) or "", fields=_fields(shape)
    )


def _shapes_of(routes: Iterable[ApiOperation]) -> Sequence[type[BaseModel]]:
    """Every shape that is asked or answered, each once, by what it is called outside."""
    kinds = [route.response_model for route in routes]
    kinds += [route.body[1] for route in routes if route.body]
    found = {shape.__name__: shape for kind in kinds for shape in _shapes_in(kind)}
    return sorted(found.values(), key=lambda shape: outside(shape.__name__))


def _shapes_in(kind: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    """The shapes that an annotation names, and those of their fields."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from _shapes_in(field.annotation)
    for argument in get_args(kind):
        yield from _shapes_in(argument)


def _enumerations() -> Iterator[wire.EnumerationTold]:
    for kind, words in VOCABULARY.items():
        yield wire.EnumerationTold(
            name=kind.__name__,
            about=words.about,
            certainty=words.certainty.level,
            note=words.certainty.note,
            values=[
                wire.ValueTold(value=value, meaning=meaning, certainty=words.level_of(value))
                for value, meaning in words.values.items()
            ],
        )


def _code(error: ApiError) -> wire.CodeTold:
    entry, certainty = error.value, certainty_of_code(error)
    return wire.CodeTold(
        code=error.code,
        status=entry.status,
        status_on=dict(entry.status_on),
        message=error.example(),
        message_on=dict(entry.message_on),
        certainty=wire.CertaintyOfCode(
            code=certainty["code"], status=certainty["statut"], message=certainty["message"]
        ),
        source=entry.source,
    )


def _limits() -> Iterator[wire.LimitTold]:
    values = fixtures.default_limits().values
    for key, source in fixtures.limit_sources().items():
        remark = " or ".join(filter(None, (source.remark, ", ".join(source.choices))))
        yield wire.LimitTold.model_validate(
            {
                "key": key,
                "value": values[key],
                "certainty": source.certainty,
                "note": remark or None,
            }
        )


def errors_markdown() -> str:
    """The catalogue of refusals, as ERRORS.md holds it."""
    rows = [
        (
            f"`{one.code}`",
            _statuses(one),
            _messages(one),
            *_levels(one),
            one.source or "",
        )
        for one in fidelity().codes
    ]
    return "\n".join(
        [
            "# Errors",
            "",
            GENERATED,
            "",
            "Every refusal of the APIs and of the control plane has one body: `code` and `erreur`",
            "(the same code twice, unless `--error-keys` keeps one), `message`, and `details`",
            "where there are any; the OpenID provider refuses in the form of OAuth. The last",
            "columns say how sure the code, the status and the message are, and where an official",
            "message is published. A scenario may override status and message under `errors`.",
            "",
            *_table(
                ("code", "status", "message", "code is", "status is", "message is", "published"),
                rows,
            ),
            "",
        ]
    )


def _statuses(code: wire.CodeTold) -> str:
    special = [f"{status} on `{name}`" for name, status in code.status_on.items()]
    return ", ".join([str(code.status), *special])


def _messages(code: wire.CodeTold) -> str:
    by_message: dict[str, list[str]] = {}
    for operation, message in code.message_on.items():
        by_message.setdefault(message, []).append(f"`{operation}`")
    special = [f"« {message} » on {', '.join(names)}" for message, names in by_message.items()]
    return " · ".join([code.message, *special])


def _levels(code: wire.CodeTold) -> tuple[str, str, str]:
    return code.certainty.code, code.certainty.status, code.certainty.message


def fidelity_markdown() -> str:
    """What is known how surely and what we chose, as FIDELITY.md holds it."""
    known = fidelity()
    return "\n".join(
        [
            "# Fidelity",
            "",
            GENERATED,
            "",
            "The State's own OpenAPI document sits behind a login. What this simulator says of it",
            "carries one of five levels of certainty, in the code, in the OpenAPI document",
            "(`x-certitude`), in `GET /_mock/fidelity` and here:",
            "",
            *_table(("level", "meaning"), [(f"`{name}`", text) for name, text in SOURCES.items()]),
            "",
            "A remark says in French what one word does not, as `x-certitude-note` does.",
            "",
            "## Operations",
            "",
            *_table(
                ("operation", "call", "certainty", "remark", "parameters of its query"),
                (
                    (
                        f"`{one.operation}`",
                        f"`{one.method} {one.path}`",
                        one.certainty,
                        one.note or "",
                        _parameters(one.parameters),
                    )
                    for one in known.operations
                ),
            ),
            "",
            "## Fields",
            "",
            *_table(("shape", "fields", "certainty", "remark"), _rows_of_fields(known.shapes)),
            "",
            "## Values",
            "",
            "Those of the closed lists.",
            "",
            *_table(("list", "values", "certainty", "remark"), _rows_of_values(known.enumerations)),
            "",
            "## Codes",
            "",
            "How sure each code, its HTTP status and its message are; the messages are in",
            "[ERRORS.md](ERRORS.md).",
            "",
            *_table(
                ("code", "status", "code is", "status is", "message is", "published"),
                (
                    (f"`{one.code}`", _statuses(one), *_levels(one), one.source or "")
                    for one in known.codes
                ),
            ),
            "",
            "## What we chose",
            "",
            "Where the sources are silent or contradict each other, and how to choose otherwise:",
            "",
            *_table(
                ("question", "our choice", "switch"),
                ((one.question, one.choice, one.switch) for one in known.choices),
            ),
            "",
            "## Numbers",
            "",
            "Every number of the rules, from `fixtures/limits.yaml`; a scenario changes any",
            "of them under `limits`.",
            "",
            *_table(
                ("key", "value", "certainty", "remark"),
                (
                    (f"`{one.key}`", f"`{_shown(one.value)}`", one.certainty, one.note or "")
                    for one in known.limits
                ),
            ),
            "",
        ]
    )


def _parameters(parameters: Iterable[wire.FieldTold]) -> str:
    together = groupby(parameters, key=lambda one: one.certainty)
    return " · ".join(
        f"{', '.join(f'`{one.name}`' for one in some)} {level}" for level, some in together
    )


def _rows_of_fields(shapes: Iterable[wire.ShapeTold]) -> Iterator[Sequence[str]]:
    """One row for neighbours that are known in the same way."""
    for shape in shapes:
        name = f"`{shape.name}`"
        for (level, note), some in groupby(shape.fields, lambda one: (one.certainty, one.note)):
            yield name, ", ".join(f"`{one.name}`" for one in some), level, note or ""
            name = ""


def _rows_of_values(enumerations: Iterable[wire.EnumerationTold]) -> Iterator[Sequence[str]]:
    for one in enumerations:
        name, note = f"`{one.name}`", one.note or ""
        for level, some in groupby(one.values, lambda value: value.certainty):
            yield name, ", ".join(f"`{value.value}`" for value in some), level, note
            name = note = ""


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or '""'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    print(fidelity_markdown(), end="")  # noqa: T201 - this is its purpose
