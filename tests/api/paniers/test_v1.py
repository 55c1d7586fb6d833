from tests.api.exam_world import (
    V1,
    V2,
    nothing_written,
)
from tests.api.paniers.acts import (
    OBLIGATOIRE,
    affecter,
    ajouter,
    ajouter_multiples,
    ouvrir,
    retirer,
    valider,
)
from tests.support import Vendor, refusal_of


def test_a_panier_goes_its_whole_way_through_v1(lea: Vendor) -> None:
    created = lea.post(f"{V1}/paniers", json={"employeAutoEcoleId": lea.id_of("tom")})
    panier = f"{V1}/paniers/{created.json()['id']}"

    added = ajouter(lea, panier, "b1", params={OBLIGATOIRE: "true"})
    placed = affecter(lea, panier, "b1", "ines")
    validated = valider(lea, panier)

    assert [one.status_code for one in (created, added, placed, validated)] == [201, 201, 204, 200]
    assert added.json()["elementsDuPanier"][0]["estCandidatObligatoire"] is True
    assert "location" not in added.headers
    assert validated.json()["data"][0]["estReserve"] is True
    assert refusal_of(valider(lea, panier)) == (404, "PANIER_INCONNU")


def test_v1_refuses_as_v2_does(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1").replace(V2, V1)

    with nothing_written(lea):
        assert refusal_of(ajouter(lea, panier, "b1")) == (409, "CRENEAU_DEJA_RESERVE")
        assert refusal_of(ajouter(max_, panier, "b2")) == (403, "ACTION_INTERDITE")
        assert valider(lea, panier).status_code == 207


def test_the_other_paniers_of_v2_were_never_in_v1(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1").replace(V2, V1)

    for answer in (
        lea.get(panier),
        lea.delete(panier),
        retirer(lea, panier, "b1"),
        ajouter_multiples(lea, panier, "b2"),
        lea.get(f"{V1}/panier"),
        ajouter(lea, f"{V1}/panier", "b2"),
        ajouter_multiples(lea, f"{V1}/panier", "b2"),
    ):
        assert refusal_of(answer) == (404, "RESSOURCE_INCONNUE")
