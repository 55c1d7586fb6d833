"""An overlay as it is written: a small YAML file, whose keys are our names.

See docs/contract/overlays.md.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rdv_mock.errors import Refusal
from rdv_mock.overlay.bad import BadOverlay
from rdv_mock.scenario.base import Part
from rdv_mock.scenario.library import read_file
from rdv_mock.scenario.parsing import parse
from rdv_mock.scenario.source import Source

LARGEST = 1024 * 1024
"""Bytes of an overlay at most: it names what it changes, and there is not that much to name."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f.\[\]]{1,100}$")]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20/{}]{1,100}$")]
CodeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
MovedPath = Annotated[str, StringConstraints(pattern=r"^(/([A-Za-z0-9._~-]+|\{[^{}/\s]+\}))+$")]
SuccessStatus = Annotated[int, Field(ge=200, le=299)]
RefusalStatus = Annotated[int, Field(ge=200, le=599)]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class OperationPart(Part):
    """What one operation does otherwise; `request` and `response` name fields by their path."""

    method: Method | None = None
    path: MovedPath | None = None
    status: SuccessStatus | None = None
    parameters: dict[str, ParameterName] = {}
    request: dict[str, FieldName] = {}
    response: dict[str, FieldName] = {}
    statuses: dict[str, RefusalStatus] = {}


class OverlayPart(Part):
    """The whole file; every key is our name, every value is theirs."""

    paths: dict[str, MovedPath] = {}
    operations: dict[str, OperationPart] = {}
    schemas: dict[str, dict[str, FieldName]] = {}
    fields: dict[str, FieldName] = {}
    parameters: dict[str, ParameterName] = {}
    codes: dict[str, CodeName] = {}
    statuses: dict[str, RefusalStatus] = {}


def read_part(path: Path) -> tuple[OverlayPart, Source]:
    """An overlay file, and the line of each of its keys. Raises BadOverlay."""
    try:
        source = read_file(path, largest=LARGEST)
        if source.content is None:
            source = replace(source, content={})  # nothing but comments: it changes nothing
        return parse(source, OverlayPart), source
    except Refusal as refusal:
        raise BadOverlay(path, list(refusal.details)) from refusal
