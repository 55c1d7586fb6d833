"""The body of a refusal under an overlay: its codes, the places that it names, its own fields."""

from typing import Any

from rdv_mock.overlay.compiled import Overlay, Translation
from rdv_mock.overlay.translation import place_on_wire, to_theirs


def refusal_on_wire(
    body: dict[str, Any], overlay: Overlay, one: Translation | None
) -> dict[str, Any]:
    """A refusal of one operation, or of none that was found."""
    if one is not None and "details" in body:
        details = [
            {**detail, "champ": champ_on_wire(detail["champ"], one)} for detail in body["details"]
        ]
        body = {**body, "details": details}
    told: dict[str, Any] = to_theirs(body, overlay.refusal, overlay.codes)
    return told


def champ_on_wire(champ: str, one: Translation) -> str:
    """Where in a request something is wrong: a parameter, or a place in the body."""
    if champ in one.parameters:
        return one.parameters[champ]
    return place_on_wire(champ, one.request)
