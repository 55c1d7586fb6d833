import asyncio
import json
from collections.abc import Callable
from time import perf_counter

import pytest

from rdv_mock.journal import Entry, Journal, Message, masked, masked_form, masked_headers
from tests.support import instant

SECONDS_FOR_A_HOSTILE_TEXT = 2
SECRET = "s3cr3t.With-signs_~9"
NAMES = [
    "access_token",
    "refresh_token",
    "id_token",
    "id_token_hint",
    "client_secret",
    "password",
    "code",
    "code_verifier",
    "token",
]
IN_JSON = [*NAMES, "motDePasse"]


def entry(path: str) -> Entry:
    return Entry(
        at=instant("2026-03-10T08:00:00Z"),
        real_at=instant("2026-09-01T08:00:00Z"),
        method="GET",
        path=path,
        operation=None,
        employe=None,
        status=200,
        code=None,
        incident=None,
        duration_ms=1.5,
        request=Message([], b""),
        response=Message([], b""),
    )


def journal_of(*paths: str, size: int = 3) -> Journal:
    journal = Journal(size)
    for path in paths:
        journal.add(entry(path))
    return journal


def paths_of(journal: Journal) -> list[str]:
    return [one.path for one in journal]


def is_about(path: str) -> Callable[[Entry], bool]:
    return lambda one: one.path == path


# The ring


def test_the_newest_call_comes_first() -> None:
    assert paths_of(journal_of("/a", "/b", "/c")) == ["/c", "/b", "/a"]


def test_the_oldest_call_goes_when_there_is_no_room() -> None:
    assert paths_of(journal_of("/a", "/b", "/c", "/d")) == ["/d", "/c", "/b"]


def test_a_journal_of_one_call_keeps_the_last() -> None:
    assert paths_of(journal_of("/a", "/b", size=1)) == ["/b"]


def test_it_can_be_emptied_and_goes_on() -> None:
    journal = journal_of("/a")

    journal.clear()
    journal.add(entry("/b"))

    assert paths_of(journal) == ["/b"]


def test_only_what_is_wanted_is_found() -> None:
    assert [one.path for one in journal_of("/a", "/b", "/a").find(is_about("/a"))] == ["/a", "/a"]


# Waiting


def test_what_is_there_is_not_waited_for() -> None:
    found = asyncio.run(journal_of("/a").wait_for(is_about("/a"), seconds=0))

    assert [one.path for one in found] == ["/a"]


def test_a_wait_ends_with_the_call_it_is_for_and_not_with_another() -> None:
    async def story() -> list[Entry]:
        journal = journal_of()
        waiting = asyncio.create_task(journal.wait_for(is_about("/c"), seconds=30))
        for path in ("/a", "/b"):
            await asyncio.sleep(0)
            journal.add(entry(path))
        await asyncio.sleep(0)
        assert not waiting.done()
        journal.add(entry("/c"))
        return await waiting

    assert [one.path for one in asyncio.run(story())] == ["/c"]


def test_several_may_wait_at_a_time() -> None:
    async def story() -> list[list[Entry]]:
        journal = journal_of()
        waiting = [
            asyncio.create_task(journal.wait_for(is_about(path), seconds=30))
            for path in ("/a", "/b", "/b")
        ]
        await asyncio.sleep(0)
        journal.add(entry("/a"))
        journal.add(entry("/b"))
        return await asyncio.gather(*waiting)

    assert [[one.path for one in found] for found in asyncio.run(story())] == [
        ["/a"],
        ["/b"],
        ["/b"],
    ]


def test_a_wait_for_nothing_ends_empty() -> None:
    assert asyncio.run(journal_of("/a").wait_for(is_about("/b"), seconds=0.01)) == []


# Secrets


@pytest.mark.parametrize("name", IN_JSON)
def test_a_secret_in_json_is_masked_and_nothing_else(name: str) -> None:
    body = {"avant": "a", name: SECRET, "après": {name: SECRET}, "liste": [{name: f'"{SECRET}\\'}]}

    shown = masked(json.dumps(body, ensure_ascii=False))

    assert json.loads(shown) == {
        "avant": "a",
        name: "***",
        "après": {name: "***"},
        "liste": [{name: "***"}],
    }
    assert SECRET not in masked(json.dumps(body, indent=2).replace(":", " :\n"))


@pytest.mark.parametrize("code", ['"code":"JETON_INVALIDE"', '"code" : "A"', '"code": null'])
def test_the_code_of_a_refusal_is_no_secret(code: str) -> None:
    refusal = f'{{{code},"erreur":"JETON_INVALIDE"}}'

    assert masked(refusal) == refusal


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mask", [masked, masked_form])
def test_a_secret_in_a_form_is_masked_wherever_it_stands(
    name: str, mask: Callable[[str], str]
) -> None:
    assert mask(f"{name}={SECRET}") == f"{name}=***"
    assert mask(f"a=1&{name}={SECRET}&b=2") == f"a=1&{name}=***&b=2"
    assert mask(f"{name}=&a=1&{name}={SECRET}").endswith(f"&a=1&{name}=***")


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("client%5Fsecret=abc&a=1", "client%5Fsecret=***&a=1"),
        ("c%6Fde=abc", "c%6Fde=***"),
        ('password=deux mots "et" d\'autres', "password=***"),
        ("password=a=b=c", "password=***"),
        ('{"password": "abc"}', '{"password": "***"}'),
        ("password", "password"),
        ("code_challenge=abc&mot=token", "code_challenge=abc&mot=token"),
        ("&&a&=b", "&&a&=b"),
        ("", ""),
    ],
)
def test_a_form_is_read_as_the_provider_reads_it(form: str, shown: str) -> None:
    assert masked_form(form) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.test/cb?code=abc&state=1", "https://a.test/cb?code=***&state=1"),
        ("https://a.test/cb?state=1&code=abc", "https://a.test/cb?state=1&code=***"),
        (
            '<form action="/x?a=1&amp;id_token_hint=abc">',
            '<form action="/x?a=1&amp;id_token_hint=***">',
        ),
        ("/api?postcode=75001&encode=1", "/api?postcode=75001&encode=1"),
    ],
)
def test_a_secret_in_an_address_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("name", IN_JSON)
def test_of_a_json_that_is_cut_in_a_secret_nothing_of_it_is_seen(name: str) -> None:
    whole = json.dumps({"a": 1, name: 'abc\\"def'})
    begins = whole.index("abc")

    for end in range(begins + 1, len(whole)):
        assert "abc" not in masked(whole[:end])
        assert "def" not in masked(whole[:end])


@pytest.mark.parametrize("name", NAMES)
def test_of_a_form_that_is_cut_in_a_secret_nothing_of_it_is_seen(name: str) -> None:
    whole = f"a=1&{name}=abc%20def"

    for end in range(whole.index("abc") + 1, len(whole)):
        assert masked_form(whole[:end]) == f"a=1&{name}=***"


def test_one_side_of_a_call_shows_no_secret_however_it_is_looked_at() -> None:
    form = b"application/x-www-form-urlencoded"
    secret = SECRET.encode()
    message = Message(
        [(b"authorization", b"Bearer " + secret), (b"content-type", form)],
        b"client%5Fsecret=" + secret,
        b"code=" + secret,
    )

    assert message.headers == {"authorization": "Bearer ***", "content-type": form.decode()}
    assert (message.body, message.query) == ("client%5Fsecret=***", "code=***")
    assert SECRET not in repr(message)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_a_secret_in_a_form_of_parts_is_masked_and_nothing_else(name: str, newline: str) -> None:
    whole = newline.join(
        [
            "--borne",
            'Content-Disposition: form-data; name="avant"',
            "",
            "deux",
            "--borne",
            f'Content-Disposition: form-data; name="{name}"; filename="a.txt"',
            "Content-Type: text/plain",
            "",
            f"{SECRET}{newline}{newline}{SECRET}",
            "--borne--",
            "",
        ]
    )
    header = [(b"content-type", b"multipart/form-data; boundary=borne")]

    shown = Message(header, whole.encode()).body

    assert shown == whole.replace(f"{SECRET}{newline}{newline}{SECRET}", "***")
    for end in range(whole.index(SECRET) + 1, whole.index("--borne--")):
        assert SECRET[:3] not in Message(header, whole[:end].encode()).body


@pytest.mark.parametrize("name", IN_JSON)
@pytest.mark.parametrize("number", ["987654321", "-1.5e+10", "0"])
def test_a_secret_that_is_a_number_is_masked_too(name: str, number: str) -> None:
    assert masked(f'{{"{name}": {number}, "a": 1}}') == f'{{"{name}": "***", "a": 1}}'


def test_a_secret_on_a_line_of_its_own_is_masked() -> None:
    assert masked(f"grant_type=x\npassword={SECRET}\na=1") == "grant_type=x\npassword=***\na=1"


def test_headers_keep_their_names_and_lose_their_secrets() -> None:
    assert masked_headers(
        {
            "authorization": f"Bearer {SECRET}",
            "Cookie": f"a={SECRET}; b={SECRET}",
            "set-cookie": f"KEYCLOAK_IDENTITY={SECRET}; Path=/",
            "proxy-authorization": f"Basic {SECRET}",
            "location": f"https://a.test/cb?code={SECRET}&state=1",
            "content-type": "application/json",
        }
    ) == {
        "authorization": "Bearer ***",
        "Cookie": "***",
        "set-cookie": "***",
        "proxy-authorization": "***",
        "location": "https://a.test/cb?code=***&state=1",
        "content-type": "application/json",
    }


@pytest.mark.parametrize("value", [SECRET, f"Bearer\t{SECRET}", f" {SECRET}", ""])
def test_an_authorization_without_a_scheme_is_masked_as_a_whole(value: str) -> None:
    (shown,) = masked_headers({"Authorization": value}).values()

    assert SECRET not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text", ['"password":"' + "\\" * 16_000, "&token" * 3_000, '"token"' + " " * 16_000]
)
def test_no_text_takes_its_time(text: str) -> None:
    began = perf_counter()

    masked_form(text)

    assert perf_counter() - began < SECONDS_FOR_A_HOSTILE_TEXT
