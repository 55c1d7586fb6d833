"""The arguments of an endpoint, read from a call: all that is wrong with them is said at once."""

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from inspect import Parameter, signature
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qs

from fastapi import params
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.config import ExtraValues
from pydantic_core import ErrorDetails

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.reference import canonical
from rdv_mock.hints import Hints
from rdv_mock.http.body import check_json
from rdv_mock.http.call import EarlyCall, Head
from rdv_mock.wire.problems import BODY, details_of, with_integers

Model = type[BaseModel]


class Parameters:
    """What an endpoint takes: its call, ids of the path, and one model each of query and body.

    Its annotations say it. FastAPI reads the same in them, but makes much more of it.
    `refuses_unknown`: a name in the query that is none of the model's is a problem
    (docs/contract/conventions.md#requests: not of the simulated APIs).

    `call_name`: the parameter that takes the call; `ids`: the parameters that take a segment of the
    path, with its name there; `query`, `body`: the name and the model of the parameter that takes
    it; `is_body_optional`: a call may come without a body.
    """

    def __init__(self, endpoint: Callable[..., Any], *, refuses_unknown: bool) -> None:
        self._refuses_unknown = refuses_unknown
        self.call_name: str | None = None
        self.ids: list[tuple[str, str]] = []
        self.query: tuple[str, Model] | None = None
        self.body: tuple[str, Model] | None = None
        self.is_body_optional = True
        hints = get_type_hints(endpoint, include_extras=True)
        for name, parameter in signature(endpoint).parameters.items():
            hint, *told = _parts_of(hints[name])
            model = next(iter(get_args(hint)), hint)
            path = next((one for one in told if isinstance(one, params.Path)), None)
            if isinstance(hint, type) and issubclass(hint, EarlyCall):
                self.call_name = name
            elif path is not None:
                self.ids.append((name, path.alias or name))
            elif any(isinstance(one, params.Query) for one in told):
                self.query = name, model
            else:
                self.body = name, model
                self.is_body_optional = parameter.default is not Parameter.empty
        self._path = [(name, alias, alias.endswith("Id")) for name, alias in self.ids]

    def read(self, head: Head, content: bytes) -> dict[str, Any]:
        """The arguments by name. Raises PARAMETRE_INVALIDE with every problem."""
        given = head.scope.get("path_params", {})
        arguments: dict[str, Any] = {
            name: canonical(given[alias]) if is_id else given[alias]
            for name, alias, is_id in self._path
        }
        details = self._unknown_parameters(head) if self._refuses_unknown else []
        if self.query:
            name, model = self.query
            query = _query_of(head, model)
            try:
                arguments[name] = model.model_validate(query, context={"limits": head.world.limits})
            except ValidationError as error:
                details += _without_brackets(details_of(_problems(error)), query, model)
        if self.body and self._body_type:
            try:
                arguments[self.body[0]] = self._parse_body(head, content, self._body_type)
            except ValidationError as error:
                details += self._said_of_body(details_of(_problems(error)))
            except Refusal as refusal:
                details += self._said_of_body(refusal.details)
        if details:
            raise Refusal(ApiError.PARAMETRE_INVALIDE, details=details)
        return arguments

    @cached_property
    def _body_type(self) -> TypeAdapter[Any] | None:
        """What reads the body; made for the first one."""
        return TypeAdapter(self.body[1]) if self.body else None

    def _unknown_parameters(self, head: Head) -> list[Detail]:
        """A misspelt parameter of ours would do something else than was meant."""
        fields = self.query[1].model_fields if self.query else {}
        known = [field.alias or name for name, field in fields.items()]
        hint = Hints()
        return [
            Detail(name, f"n'est pas un paramètre connu{hint(name, known)}")
            for name in _parse_query(head)
            if name not in known
        ]

    def _parse_body(
        self, head: Head, content: bytes, body_type: TypeAdapter[Any]
    ) -> BaseModel | None:
        if self.is_body_optional:
            content = content.removeprefix(BOM_UTF8)
            if not content.strip():
                return None
        check_json(head)
        if self.is_body_optional and content.strip() == b"null":
            return None
        world, validate = head.world, body_type.validator.validate_json
        extra: ExtraValues = "ignore" if world.responses.unknown_fields == "ignore" else "forbid"
        context = {"limits": world.limits}
        body: BaseModel
        try:
            body = validate(content, extra=extra, context=context)
        except ValidationError as error:
            mended = with_integers(content, _problems(error))
            if mended is None:
                raise
            body = validate(mended, extra=extra, context=context)
        return body

    def _said_of_body(self, details: Sequence[Detail]) -> list[Detail]:
        """What is wrong with a body; where it could have been left out, that too."""
        if not self.is_body_optional:
            return list(details)
        return [
            detail._replace(message=f"{detail.message} ; cet appel se passe de corps")
            if detail.champ == BODY
            else detail
            for detail in details
        ]


def _parts_of(hint: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type
    """A type and what `Annotated` says of it, if anything."""
    return get_args(hint) if hasattr(hint, "__metadata__") else (hint,)


def _parse_query(head: Head) -> dict[str, list[str]]:
    return parse_qs(head.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _lists_of(model: Model) -> set[str | None]:
    """The parameters that may come several times in a query."""
    return {
        field.alias for field in model.model_fields.values() if get_origin(field.annotation) is list
    }


def _query_of(head: Head, model: Model) -> dict[str, Any]:
    """The query as a model reads it: all values of a list, the last one of anything else."""
    lists = _lists_of(model)
    return {
        name: values if name in lists else values[-1] for name, values in _parse_query(head).items()
    }


def _without_brackets(
    details: Sequence[Detail], query: Mapping[str, Any], model: Model
) -> list[Detail]:
    """Say how a parameter that seems to be missing is written, if PHP has put brackets after it."""
    lists = _lists_of(model)

    def told(champ: str) -> str:
        if not any(name.startswith(f"{champ}[") for name in query):
            return ""
        repeated = ", répété ou ses valeurs séparées par des virgules" if champ in lists else ""
        return f" : il s'écrit sans crochets{repeated}"

    return [detail._replace(message=detail.message + told(detail.champ)) for detail in details]


def _problems(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False)
