import re
from pathlib import Path

import pytest

from rdv_mock import fixtures
from rdv_mock.api.v1 import ALIASES
from rdv_mock.document.fidelity import fidelity
from rdv_mock.errors import ApiError
from rdv_mock.facts.enumerations import MotifDExclusion, StatutDemande
from rdv_mock.rules.candidat import REFUSALS as ABOUT_A_CANDIDAT
from rdv_mock.settings import PREFIX, Settings
from rdv_mock.wire.operations import EXAM_API, LIVRET
from rdv_mock.worlds.events import EventType
from tests.docs.pages import DOCS, INDEX, TITLE, pages
from tests.docs.writing import BLOCK, control_document, document, written
from tests.overlay.compiling import overlay_of
from tests.support import Vendor, build_store, running

LONGEST_PAGE = 200
PAGES = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))


def text_of(folder: str) -> str:
    """All pages of a folder."""
    return "\n".join(
        page.read_text(encoding="utf-8") for page in pages() if page.parent.name == folder
    )


def told(kind: str, folder: str) -> list[str]:
    """What the tables of a kind are about, on all pages of a folder."""
    return [
        name
        for block in BLOCK.finditer(text_of(folder))
        if block["kind"] == kind
        for name in block["names"].split()
    ]


def codes_of(page: Path) -> list[str]:
    """The codes that the rows of numbered tables name, in their order."""
    return re.findall(r"^\| \d+ \| `(\w+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)


@PAGES
def test_numbers_and_tables_are_those_of_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert text == written(text, page), "make docs writes it again"


@PAGES
def test_a_page_can_be_read_in_one_sitting(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= LONGEST_PAGE


@PAGES
def test_a_page_begins_with_one_line_for_the_index(page: Path) -> None:
    title, blank, about, after = page.read_text(encoding="utf-8").splitlines()[:4]

    assert (bool(TITLE.fullmatch(title)), blank) == (True, "")
    assert page.name == INDEX or (about.endswith(".") and after == "")


def test_every_limit_has_one_page() -> None:
    shown = [*told("limits", "rules"), *told("limits", "contract")]
    keys = fixtures.default_limits().values
    rows = {key: [name for name in shown if f"{key}.".startswith(f"{name}.")] for key in keys}

    assert {key: names for key, names in rows.items() if len(names) != 1} == {}


def test_every_operation_has_one_page() -> None:
    assert sorted(told("operation", "contract")) == sorted((*EXAM_API, *LIVRET))


def test_every_shape_and_every_closed_list_has_one_page() -> None:
    shown = [*told("shapes", "contract"), *told("values", "contract")]

    assert sorted(shown) == sorted(set(document()["components"]["schemas"]) - OF_REFUSALS)


OF_REFUSALS = {"Refus", "Code", "Detail"}
"""The body of every refusal: conventions.md tells it in prose."""


def test_every_call_of_the_control_plane_is_on_its_page() -> None:
    page = (DOCS / "contract" / "control_plane.md").read_text(encoding="utf-8")

    for path, methods in control_document()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in page


def test_every_refusal_of_the_simulated_apis_is_explained() -> None:
    everything = text_of("rules") + text_of("contract")

    assert [error.code for error in ApiError if f"`{error.code}`" not in everything] == []


def test_every_status_beside_a_code_is_one_that_it_has() -> None:
    wrong = []
    for status, code in re.findall(
        r"\b([45]\d\d)\s+`([A-Z_]+)`", text_of("rules") + text_of("contract")
    ):
        entry = ApiError[code].value
        if int(status) not in {entry.status, *entry.status_on.values()}:
            wrong.append((status, code))

    assert wrong == []


OF_OTHERS = {"HENAFF", "KEYCLOAK_IDENTITY", "PATCH"}
"""A name of an example, a cookie, a method."""


def test_every_word_in_capitals_is_one_of_ours() -> None:
    words = set(re.findall(r"`([A-ZÉ_]{5,})`", text_of("rules") + text_of("contract")))
    known = {
        *(error.code for error in ApiError),
        *(value.value for one in fidelity().enumerations for value in one.values),
        *(word.value for kind in (MotifDExclusion, StatutDemande, EventType) for word in kind),
        *(PREFIX + name.upper() for name in Settings.model_fields),
        *OF_OTHERS,
    }

    assert words - known == set()


def test_reasons_checks_and_events_are_told_in_their_order() -> None:
    rules = DOCS / "rules"

    assert codes_of(rules / "heures.md") == [motif.value for motif in MotifDExclusion]
    assert codes_of(rules / "candidat.md") == [error.code for error in ABOUT_A_CANDIDAT]
    assert codes_of(rules / "agenda.md") == [event.value for event in EventType]


def test_the_pages_stand_beside_one_another() -> None:
    assert {page.parent.name for page in pages()} == {"contract", "rules"}
    assert all((DOCS / folder / INDEX).is_file() for folder in ("contract", "rules"))


def examples() -> list[tuple[str, str]]:
    """The YAML on all pages, and of which page it is."""
    return [
        (page.stem, block)
        for page in pages()
        for block in re.findall(
            r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S
        )
    ]


@pytest.mark.parametrize(("page", "text"), examples(), ids=[page for page, _ in examples()])
def test_what_a_page_writes_in_yaml_is_taken(page: str, text: str) -> None:
    if page == "overlays":
        overlay_of(text)
    else:
        build_store(text if "title:" in text else f"title: Un exemple\n{text}").close()


def test_the_page_of_v1_lists_its_addresses() -> None:
    text = (DOCS / "contract" / "v1.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(GET|POST|PUT|DELETE) ([\w{}/-]+)`", text)

    assert sorted((method, f"/{path}") for method, path in listed) == sorted(ALIASES)


def test_the_page_of_the_provider_lists_what_discovery_tells() -> None:
    text = (DOCS / "contract" / "openid.md").read_text(encoding="utf-8")
    with running() as application:
        told = Vendor(application).get("/realms/formation/.well-known/openid-configuration").json()
    paths = {
        address.partition("/realms/formation")[2]
        for key, address in told.items()
        if key.endswith(("_endpoint", "_uri"))
    }

    assert len(paths) > 5
    assert {path for path in paths if f"`{{realm}}{path}`" not in text} == set()
    assert all(scope in text for scope in told["scopes_supported"])
