from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rdv_mock.api import ROUTES, centres
from rdv_mock.api.v1 import V2
from rdv_mock.http.routers import listed
from rdv_mock.wire.operations import EXAM_API, LIVRET

CENTRES: Mapping[str, Callable[..., Any]] = {
    "POST   /centres/recherche": centres.rechercher_centres,
    "GET    /centres/{centreId}": centres.lire_centre,
    "GET    /centres-favoris": centres.lister_centres_favoris,
    "POST   /centres-favoris": centres.enregistrer_centres_favoris,
}


def test_what_a_scenario_may_name_is_what_the_page_of_the_operations_lists() -> None:
    routes = [one for one in ROUTES if not one.options.get("deprecated")]
    names = {one.operation for one in routes} | {"declarerNombreDeFormateurs"}

    assert names == {*EXAM_API, *LIVRET}


def test_the_order_of_the_page_is_that_of_the_routes() -> None:
    turned = {key: CENTRES[key] for key in reversed(list(CENTRES))}

    routes = listed(turned, V2, centres.router)

    assert [one.name for one in routes] == [
        "enregistrer_centres_favoris",
        "lister_centres_favoris",
        "lire_centre",
        "rechercher_centres",
    ]


@pytest.mark.parametrize(
    "page",
    [
        {key: one for key, one in CENTRES.items() if one is not centres.lire_centre},
        {**CENTRES, "GET    /centres": centres.lire_centre},
        {**CENTRES, "GET    /centres-favoris": centres.enregistrer_centres_favoris},
    ],
)
def test_a_page_that_is_not_true_of_its_routes_is_no_page(page: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match="page of the operations"):
        listed(page, V2, centres.router)
