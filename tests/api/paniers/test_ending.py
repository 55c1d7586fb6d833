from tests.api.exam_world import (
    advance,
    change,
    nothing_written,
)
from tests.api.paniers.acts import (
    COURANT,
    PANIERS,
    ajouter,
    contents,
    everything_with,
    ids_of,
    ouvrir,
    valider,
)
from tests.support import Vendor, refusal_of


def test_a_panier_is_gone_at_the_very_second_it_expires(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    assert advance(lea, to="2026-03-10T08:14:59Z") == []
    assert contents(lea, panier) == ids_of(lea, "b1")
    assert refusal_of(ajouter(max_, COURANT, "b1")) == (409, "CRENEAU_DEJA_RESERVE")

    events = advance(lea, to="2026-03-10T08:15:00Z")

    assert events == [
        {
            "at": "2026-03-10T08:15:00Z",
            "atParis": "2026-03-10T09:15:00+01:00",
            "type": "PANIER_EXPIRE",
            "panierId": panier.removeprefix(f"{PANIERS}/"),
            "autoEcoleId": lea.id_of("plesses"),
            "autoEcoleRef": "plesses",
            "autoEcoleNom": "Auto-École des Plesses",
        }
    ]
    assert refusal_of(lea.get(panier)) == (404, "PANIER_INCONNU")
    assert lea.get(PANIERS).json() == []
    assert ajouter(max_, COURANT, "b1").status_code == 201


def test_nothing_prolongs_a_panier(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    advance(lea, by="PT14M")

    added = ajouter(lea, panier, "b2")
    valider(lea, panier)

    assert added.json()["dateHeureExpiration"] == "2026-03-10T08:15:00+00:00"
    assert lea.get(panier).json()["dateHeureExpiration"] == "2026-03-10T08:15:00+00:00"


def test_an_expired_panier_is_unknown_to_every_call(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    advance(lea, by="PT15M")

    with nothing_written(lea):
        for vendor in (lea, max_):
            for answer in everything_with(vendor, panier):
                assert refusal_of(answer) == (404, "PANIER_INCONNU")


def test_how_long_a_panier_lives_is_a_limit(lea: Vendor) -> None:
    change(lea, limits={"panier.dureeMinutes": 60})

    assert lea.post(PANIERS).json()["dateHeureExpiration"] == "2026-03-10T09:00:00+00:00"
