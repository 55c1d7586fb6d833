"""Read the state of a world as a scenario, change facts of it, take it back."""

import re
from typing import Annotated

from fastapi import Query
from pydantic import Field, field_validator
from starlette.responses import Response

from rdv_mock.control.sent import read_sent
from rdv_mock.errors import ApiError
from rdv_mock.http.answers import Written
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.pieces import with_refs
from rdv_mock.http.refusals import JSON
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.dump import KINDS, Form
from rdv_mock.scenario.library import LARGEST
from rdv_mock.steering import state
from rdv_mock.wire.base import AskedInQuery
from rdv_mock.wire.scenarios import Refs
from rdv_mock.worlds.world import ResetScope, World

YAML = "application/yaml"

router = control_router("Plan de contrôle")


class ResetQuery(AskedInQuery):
    """Ce qu'il faut remettre."""

    scope: ResetScope = Field(ResetScope.ALL, description="Tout, ou une part.")


class QueryState(AskedInQuery):
    """Quelle part de l'état, et sous quelle forme."""

    format: Form | None = Field(
        None, description="La forme ; par défaut celle que demande `Accept`, sinon YAML."
    )
    kind: list[str] = Field(
        default=[],
        description="Seulement ces clés d'un scénario, `?kind=lecons&kind=paniers` ou"
        " `?kind=lecons,paniers` : un fragment, que reprend `PATCH /_mock/state` (qui arme"
        " `incidents` une fois de plus).",
        examples=[["lecons"]],
        json_schema_extra={"items": {"type": "string", "enum": list(KINDS)}},
    )
    auto_ecole: str | None = Field(
        None,
        alias="autoEcole",
        description="Une réf ou un identifiant : seulement cette auto-école et tout ce qui tient à"
        " elle, avec les candidats, créneaux et centres que cela nomme. Sans `kind`, un scénario"
        " entier, que reprend `PUT /_mock/scenario`.",
    )

    @field_validator("kind")
    @classmethod
    def _repeated_or_comma_separated(cls, given: list[str]) -> list[str]:
        """Split at commas, as the simulated APIs do with lists in queries."""
        return [kind for one in given for kind in one.split(",")]


@router.post(
    "/reset",
    status_code=204,
    summary="Remettre le monde dans l'état de son scénario",
    description="Tout redevient comme le scénario l'a posé : état, horloge, incidents, journal,"
    " fenêtres des limites, jetons ; un monde créé avec `clock` revient à cette heure-là, arrêté"
    " s'il l'était. `scope` n'en choisit qu'une part ; avec `state`, jetons et connexions restent.",
)
async def reset(query: Annotated[ResetQuery, Query()], call: Call) -> None:
    """Take the world back, in all respects or in one."""
    await state.reset(call.world, query.scope)


@router.get(
    "/state",
    summary="Lire l'état du monde, comme un scénario",
    response_class=Response,
    responses={
        200: {
            "content": {
                YAML: {"schema": {"type": "string"}},
                JSON: {
                    "schema": {
                        "type": "object",
                        "description": "Le même, par les clés d'un scénario.",
                        "additionalProperties": True,
                    }
                },
            }
        }
    },
    description="En YAML, ou en JSON avec `format=json` ou `Accept: application/json`, réfs gardées"
    " et identifiants écrits : le recharger par `PUT /_mock/scenario` donne le même monde. `kind`"
    " et `autoEcole` n'en demandent qu'une part.",
)
@refuses(ApiError.GENRE_INCONNU)
async def get_state(query: Annotated[QueryState, Query()], call: Call) -> Response:
    """Write the world, or a part of it, as a scenario that can be loaded again."""
    form: Form = query.format or ("json" if _prefers_json(call.header(b"accept")) else "yaml")
    content = await state.write_state(
        call.world, form=form, kinds=query.kind, auto_ecole=query.auto_ecole
    )
    media_type = JSON if form == "json" else YAML
    return Response(content, headers={"Vary": "Accept"}, media_type=media_type)


def _prefers_json(accept: str) -> bool:
    """Whether an Accept header names JSON, and gives YAML less weight."""
    weights = {YAML: 0.0, JSON: 0.0}
    for wanted in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in wanted.split(";"))
        if media_type in weights:
            weights[media_type] = _weight_of(parameters)
    return weights[JSON] > weights[YAML]


def _weight_of(parameters: list[str]) -> float:
    """The `q` of a media type in an Accept header; 1 when it is missing or unreadable."""
    written = next((one[len("q=") :] for one in parameters if one.startswith("q=")), "1")
    return float(written) if re.fullmatch(r"[01](\.[0-9]{0,3})?", written) else 1.0


@router.patch(
    "/state",
    response_model=Refs,
    summary="Changer quelques faits : un fragment de scénario",
    description="Un objet dont la réf ou l'identifiant est connu est changé, un autre est ajouté"
    " ; `supprimer` ôte ceux qu'il nomme, `incidents` arme ceux qu'il décrit. Tout ou rien.",
)
@control(largest_body=LARGEST)
@refuses(ApiError.SCENARIO_INVALIDE)
async def patch_state(call: Call) -> Written:
    """Change what a fragment names: all of it, or nothing."""
    sent = await aside(read_sent, call)
    return await state.patch_and_tell(call.world, sent, _changed)


def _changed(world: World) -> Written:
    return with_refs(Refs(refs={}), world.store.references)
