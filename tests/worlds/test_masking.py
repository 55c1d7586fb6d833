"""Secrets in every form in which they were seen.

`secrets.yaml` and `readable.yaml` are for others to add to.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable
from html import escape
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rdv_mock.worlds.journal import Message
from rdv_mock.worlds.masking import (
    is_secret,
    masked_body,
    masked_headers,
    masked_path,
    masked_query,
    masked_text,
)

HERE = Path(__file__).parent
FORMS: list[dict[str, Any]] = yaml.safe_load((HERE / "secrets.yaml").read_text())
READABLE: list[str] = yaml.safe_load((HERE / "readable.yaml").read_text())
TYPES = {
    "form": "application/x-www-form-urlencoded",
    "parts": "multipart/form-data; boundary=borne",
}
WRITTEN: dict[str, Callable[[str], str]] = {
    "json": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "form": quote_plus,
    "json in form": lambda secret: quote_plus(json.dumps(secret, ensure_ascii=False)[1:-1]),
    "twice": lambda secret: quote_plus(quote_plus(secret)),
    "xml": escape,
    "url": str,
    "plain": str,
    "line": str,
    "path": quote,
    "any": str,
}
SIGNS = {"url": "._~-", "plain": "._~-", "line": " ._~-!@+/$*"}
EVERY_SIGN = " ._~-!@+/$*&=;,:?#%<>\"'\\{}[]()|\t\nàéœ€"
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "silent-gzip": gzip.compress,
    "raw-deflate": lambda body: zlib.compress(body, wbits=-15),
}
SAID = {"silent-gzip": "", "raw-deflate": "deflate", "not-gzip": "gzip"}

words = st.from_regex(r"[a-z][0-9][a-z0-9]{8}", fullmatch=True)


def shown_of(form: dict[str, Any], secret: str) -> str:
    """All that is shown of a form with a secret in it."""
    written = WRITTEN[form.get("secret", "line")](secret)

    def text(key: str) -> str:
        return str(form.get(key, "")).replace("{secret}", written)

    encoding = form.get("encoding", "")
    body = text("body").replace("\n", "\r\n" if form.get("newline") == "crlf" else "\n")
    raw = body.encode(form.get("charset", "utf-8"), errors="replace")
    kind = form.get("type", "")
    shown = masked_body(
        PACKED.get(encoding, bytes)(raw), TYPES.get(kind, kind), SAID.get(encoding, encoding)
    )
    name, _, value = text("header").partition(": ")
    headers = masked_headers([(name.encode(), value.encode("latin-1", errors="replace"))])
    return shown.text + masked_query(text("query")) + headers[0][1] + masked_path(text("path"))


@st.composite
def secrets(draw: st.DrawFn, form: dict[str, Any]) -> tuple[str, list[str]]:
    """A secret of two words with signs between, and its words."""
    signs = SIGNS.get(form.get("secret", "line"), EVERY_SIGN)
    first, second = draw(words), draw(words)
    return first + draw(st.text(signs, max_size=6)) + second, [first, second]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form["what"]))
@settings(max_examples=25)
@given(data=st.data())
def test_no_secret_is_shown_and_what_stands_beside_it_is(
    form: dict[str, Any], data: st.DataObject
) -> None:
    secret, parts = data.draw(secrets(form))
    template = " ".join(str(form.get(key, "")) for key in ("body", "query", "header", "path"))
    assume(not any(part in template for part in parts))

    shown = shown_of(form, secret)

    assert [part for part in parts if part in shown] == []
    assert "***" in shown
    for visible in re.findall(r"visible\d", template):
        assert visible in shown or form.get("encoding") in {"br", "not-gzip"}


@pytest.mark.parametrize(
    "form", [form for form in FORMS if "named" not in form], ids=lambda form: str(form["what"])
)
def test_of_a_text_that_is_cut_anywhere_no_secret_is_shown(form: dict[str, Any]) -> None:
    body, kind = str(form.get("body", "")).replace("{secret}", "zq7secretzq7"), form.get("type", "")
    begins = [one.start() for one in re.finditer("zq7secret", body)]

    for end in range(len(body)):
        if any(begin < end for begin in begins):
            shown = masked_body(body[:end].encode(), TYPES.get(kind, kind)).text
            assert "zq7" not in shown, body[:end]


@pytest.mark.parametrize("text", READABLE)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    kinds = ["", "application/json"]
    if "=" in text and text[0] not in "{<":
        kinds = [TYPES["form"]]
        assert masked_query(text) == text

    for kind in kinds:
        assert masked_body(text.encode(), kind).text == text
    assert masked_text(text) == text
    if text.startswith("/"):
        assert masked_path(text) == text


def test_every_address_that_the_documents_name_stays_readable() -> None:
    for document in ("openapi.json", "control-plane.json"):
        text = (HERE.parents[1] / "docs" / document).read_text()
        for path in json.loads(text)["paths"]:
            assert masked_path(path) == path
            assert masked_text(f"http://localhost:8080{path}") == f"http://localhost:8080{path}"
        addresses = set(re.findall(r"(?:https?:/)?/[\w./{}:-]+", text))
        assert [one for one in addresses if masked_text(one) != one] == []


def test_the_answers_of_the_documents_stay_readable() -> None:
    answers = json.loads((HERE.parents[1] / "fixtures/answers.json").read_text())

    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for one in value.values() for text in texts(one)]
        if isinstance(value, list):
            return [text for one in value for text in texts(one)]
        return [value] if isinstance(value, str) else []

    hidden = [text for text in texts(answers) if masked_text(text) != text]

    assert hidden == []


@pytest.mark.parametrize(
    "name",
    ["code", "Code", "state_token", "X-Auth-Token", "motDePasse", "mot_de_passé", "userPwd", "mdp",
     "user[password]", "token[0]", "a.secret", "clientSecretExpiresAt", "SAMLResponse", "otp",
     "ｐassword", "x" * 10_000 + "token"],
)  # fmt: skip
def test_a_name_that_says_secret_is_one(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    ["codePostal", "codeDepartement", "codeMotif", "numeroAutorisation", "token_type", "scope",
     "tokenEndpoint", "state", "session_state", "nonce", "username", "idempotency-key",
     "secretariat", "access-control-allow-credentials", "cle", "code_challenge",
     "www-authenticate", "", "[]", "x" * 10_000],
)  # fmt: skip
def test_an_ordinary_name_is_none(name: str) -> None:
    assert not is_secret(name)


JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJsZWEifQ.c2lnbmF0dXJl-_"


@pytest.mark.parametrize(
    "text", ["a {} b", '{{"a": "{}"}}', "state={}&b=1", "<a>{}</a>", "x%20{}", "/a/{}/b", "x{}"]
)
def test_a_jwt_is_a_secret_wherever_it_stands(text: str) -> None:
    for whole in (JWT, JWT[:-20], JWT[:25], f"{JWT}.x.y"):
        shown = masked_text(text.format(whole))
        assert "eyJhbG" not in shown
        assert "eyJzdW" not in shown


PIECES = [
    "/", "//", "/token/", "/password/reset/", "(", "?", "#",
    '"', "'", "{", "}", "[", "]", ":", "=", "&", ";", ",", "\\", "\\ud800", "\\u0065", "%", "%3D",
    "%25", "<", ">", "</", "<a ", "<token>", "</token>", "<!--", "&#112;", "&amp;", "\r\n", "\n",
    "--b", " ", "a", "password", "code", "token", "value", "name", "eyJ", ".", "bearer ", "://",
    "@", "\ud800", "\0", "é",
]  # fmt: skip


@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=60),
    kind=st.sampled_from(["", "text/html", "application/json", *TYPES.values(), "multipart/x"]),
)
def test_whatever_text_is_sent_can_be_shown(pieces: list[str], kind: str) -> None:
    body = "".join(pieces).encode(errors="surrogatepass")

    shown = masked_body(body, kind).text

    assert json.loads(json.dumps(shown).encode()) == shown
    shown.encode()
    masked_query("".join(pieces)).encode(errors="surrogatepass")


@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        ["", "text/plain; charset=utf-16", "text/plain; charset=idna", "a; charset="]
    ),
    encoding=st.sampled_from(["", "gzip", "deflate", "br", "gzip, gzip"]),
)
def test_whatever_bytes_are_sent_can_be_shown(body: bytes, kind: str, encoding: str) -> None:
    masked_body(body, kind, encoding).text.encode()


def test_half_of_a_pair_in_an_escape_can_be_shown() -> None:
    shown = masked_body(b'{"a":"\\ud800 password=x","b":"\xc3\xa9"}', "application/json").text

    assert shown == '{"a":"\\ud800 password=***","b":"é"}'


def test_a_body_that_is_no_text_is_said_to_be_none() -> None:
    assert not masked_body(b"\x89PNG\r\n\x1a\n\xff\xfe\x00").is_text
    assert not masked_body(b"\x00" * 8).is_text
    assert masked_body("é".encode()).is_text
    assert masked_body("aé".encode()[:-1]).is_text  # cut within a letter


def test_a_bomb_is_looked_at_up_to_a_bound() -> None:
    shown = masked_body(gzip.compress(b"a" * 50_000_000), "text/plain", "gzip")

    assert len(shown.text) == shown.size == 1024 * 1024


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


def shown_headers(headers: dict[str, str]) -> dict[str, str]:
    return dict(masked_headers([(one.encode(), value.encode()) for one, value in headers.items()]))


# One by one


@pytest.mark.parametrize("name", IN_JSON)
def test_a_secret_in_json_is_masked_and_nothing_else(name: str) -> None:
    body = {"avant": "a", name: SECRET, "après": {name: SECRET}, "liste": [{name: f'"{SECRET}\\'}]}

    shown = masked_text(json.dumps(body, ensure_ascii=False))

    assert json.loads(shown) == {
        "avant": "a",
        name: "***",
        "après": {name: "***"},
        "liste": [{name: "***"}],
    }
    assert SECRET not in masked_text(json.dumps(body, indent=2).replace(":", " :\n"))


@pytest.mark.parametrize("code", ['"code":"JETON_INVALIDE"', '"code" : "A"', '"code": null'])
def test_the_code_of_a_refusal_is_no_secret(code: str) -> None:
    refusal = f'{{{code},"erreur":"JETON_INVALIDE"}}'

    assert masked_text(refusal) == refusal


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mask", [masked_text, masked_query])
def test_a_secret_in_a_form_is_masked_wherever_it_stands(
    name: str, mask: Callable[[str], str]
) -> None:
    assert mask(f"{name}={SECRET}") == f"{name}=***"
    assert mask(f"a=1&{name}={SECRET}&b=2") == f"a=1&{name}=***&b=2"
    assert mask(f"{name}=&a=1&{name}={SECRET}").endswith(f"&a=1&{name}=***")


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (
            'data={"a":"b","password":"zq7%22%7Dzq7"}&a=1',
            'data={"a":"b","password":"***"}&a=1',
        ),
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
    assert masked_query(form) == shown


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
    assert masked_text(text) == shown


@pytest.mark.parametrize("name", IN_JSON)
def test_of_a_json_that_is_cut_in_a_secret_nothing_of_it_is_seen(name: str) -> None:
    whole = json.dumps({"a": 1, name: 'abc\\"def'})
    begins = whole.index("abc")

    for end in range(begins + 1, len(whole)):
        assert "abc" not in masked_text(whole[:end])
        assert "def" not in masked_text(whole[:end])


@pytest.mark.parametrize("name", NAMES)
def test_of_a_form_that_is_cut_in_a_secret_nothing_of_it_is_seen(name: str) -> None:
    whole = f"a=1&{name}=abc%20def"

    for end in range(whole.index("abc") + 1, len(whole)):
        assert masked_query(whole[:end]) == f"a=1&{name}=***"


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
    assert masked_text(f'{{"{name}": {number}, "a": 1}}') == f'{{"{name}": "***", "a": 1}}'


def test_a_secret_on_a_line_of_its_own_is_masked() -> None:
    assert masked_text(f"grant_type=x\npassword={SECRET}\na=1") == "grant_type=x\npassword=***\na=1"


def test_headers_keep_their_names_and_lose_their_secrets() -> None:
    assert shown_headers(
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
    (shown,) = shown_headers({"Authorization": value}).values()

    assert SECRET not in shown
    assert "***" in shown


# Time

HOSTILE: dict[str, tuple[str, str]] = {
    "names of parts": ("name=code;\n", "multipart/form-data; boundary=b"),
    "parts": ('--b\r\nContent-Disposition: form-data; name="code"\r\n\r\nx\r\n', TYPES["parts"]),
    "boundaries": ("\r\n--borne", TYPES["parts"]),
    "headers of parts": ("--borne\r\na: b\r\n c\r\n", TYPES["parts"]),
    "quotes": ('"', ""),
    "escaped quotes": ('{"a":"\\"', ""),
    "backslashes": ('"password":"' + "\\" * 50, ""),
    "spaces after a name": ('"token"' + " " * 50, ""),
    "keys": ('{"token":', ""),
    "values": ('"password":"x",', "application/json"),
    "brackets": ("[", ""),
    "secrets in brackets": ('{"token":[', ""),
    "closed brackets": ('{"token":[]', ""),
    "names and values": ('{"name":"password","value":1},', ""),
    "values without a name": ('{"value":"a",', ""),
    "pairs": ("token=a&", TYPES["form"]),
    "encoded pairs": ("%74oken=%61&", TYPES["form"]),
    "pairs in a line": ("token=a ", "text/plain"),
    "lines": ("token: a\n", "text/plain"),
    "indented lines": ("token:\n ", "text/plain"),
    "a run": ("a", ""),
    "secret runs": ("token", ""),
    "percent signs": ("%", TYPES["form"]),
    "percents": ("%25", TYPES["form"]),
    "equal signs": ("=", ""),
    "tags": ("<", ""),
    "open tags": ("<a ", ""),
    "secret tags": ("<token>", ""),
    "closed secret tags": ("<token></token>", ""),
    "named tags": ('<a name="code">', ""),
    "other tags": ("<token><tokens>", ""),
    "attributes": ("<a token='b' ", ""),
    "odd quotes in tags": ("<a \"<a '", ""),
    "bearers": ("bearer ", "text/plain"),
    "bearers with more": ("Bearer a" + " " * 20, "text/plain"),
    "halves of tokens": ("eyJ", ""),
    "tokens": ("eyJ.", ""),
    "addresses": ("://a:", ""),
    "users": ("https://a:b@c/ ", ""),
    "users without a host": ("//a:b/", ""),
    "users in one run": ("//a:b/@", ""),
    "ports": ("//a:80", ""),
    "slashes": ("/", ""),
    "segments": ("/a", ""),
    "names in an address": ("/token", ""),
    "ordinary segments": ("/token/reset", ""),
    "segments in lines": ("/token/a\n", "text/plain"),
    "segments in quotes": ('"/token/a', "text/plain"),
    "segments in JSON": ('{"a":"/token/b"},', "application/json"),
    "escaped segments": ('"\\/token', ""),
    "fields after an address": ("/token/a&b", ""),
    "signs after a name": ("/token:(=;", ""),
    "schemes": ("https:", ""),
    "keys of keys": ("-----BEGIN PRIVATE KEY-----", ""),
    "comments": ("<!-- password=a", "text/html"),
    "scripts": ("<html><script>", "text/html"),
    "references": ("&#112;assword=", "text/html"),
    "capitals": ('"code":"A_', ""),
    "JSON in strings": ('"{\\"token\\":1}",', ""),
}
LENGTH = 100_000
TIMES_LONGER = 4
SLOWEST = 10
"""Four times the text takes four times as long; sixteen times, if it were quadratic."""
LEAST_SECONDS = 0.05


def seconds_for(text: str, kind: str) -> float:
    began = process_time()
    masked_body(text.encode(), kind)
    masked_path(text)
    return process_time() - began


@pytest.mark.parametrize("what", HOSTILE)
def test_time_grows_with_the_text_and_no_faster(what: str) -> None:
    piece, kind = HOSTILE[what]

    def hostile(length: int) -> str:
        return (piece * (length // len(piece) + 1))[:length]

    short = min(seconds_for(hostile(LENGTH), kind) for _ in range(2))
    long = min(seconds_for(hostile(LENGTH * TIMES_LONGER), kind) for _ in range(2))

    assert long < max(short, LEAST_SECONDS) * SLOWEST


def test_parts_with_many_names_are_split_at_their_boundary() -> None:
    body = '--b\nContent-Disposition: form-data; name="a"\n' + "name=code;\n" * 1_500 + "\n--b--"

    assert seconds_for(body, "multipart/form-data; boundary=b") < 1


def test_a_secret_in_the_midst_of_a_large_answer_is_found() -> None:
    rows = [{"id": quote(str(n)), "nom": "Moreau"} for n in range(5_000)]
    text = json.dumps([*rows, {"token": "zq7secret"}, *rows])

    assert masked_body(text.encode(), "application/json").text == text.replace("zq7secret", "***")
