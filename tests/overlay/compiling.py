"""What the tests of overlays share: the document, and an overlay made from a few lines of YAML."""

from functools import cache
from pathlib import Path
from typing import Any

from rdv_mock import api
from rdv_mock.document.openapi import document_of
from rdv_mock.http.addresses import LIVRET
from rdv_mock.overlay.check import compile_overlay
from rdv_mock.overlay.compiled import Overlay
from rdv_mock.overlay.part import OverlayPart
from rdv_mock.scenario.parsing import parse
from rdv_mock.scenario.source import Source, read_yaml
from rdv_mock.worlds.world import PRINCIPAL
from tests.support import running

EXAMPLES = Path(__file__).parents[2] / "examples" / "overlays"


@cache
def our_document() -> dict[str, Any]:
    """The OpenAPI document without any overlay."""
    with running() as application:
        world = application.server.worlds[PRINCIPAL]
        return document_of(api.ROUTES, world, "", LIVRET)


def problems_of(text: str) -> list[str]:
    """What is wrong with an overlay: `line: key message`."""
    source = read_yaml(text)
    part = parse(source, OverlayPart)
    _, problems = compile_overlay(part, source, our_document(), {"jeton", "putClock"})
    return [f"{one.ligne}: {one.champ} {one.message}" for one in problems]


def overlay_of(text: str) -> Overlay:
    """An overlay that nothing is wrong with."""
    source = read_yaml(text)
    if source.content is None:
        source = Source({})
    part = parse(source, OverlayPart)
    overlay, problems = compile_overlay(part, source, our_document(), {"jeton", "putClock"})
    assert not problems
    return overlay
