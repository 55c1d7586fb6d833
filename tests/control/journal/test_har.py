import re
from base64 import b64decode
from datetime import datetime
from urllib.parse import urlsplit

from rdv_mock import __version__
from tests.control.journal.support import FORMATEURS, LARGEST, REAL, entries_of
from tests.support import CONTRATS, LIVRET, Vendor, lecon, running


def test_it_can_be_exported_as_har_oldest_first() -> None:
    with running(real=lambda: REAL) as application:
        lea = Vendor(application).as_("lea")
        lea.get(f"{LIVRET}/etp?mois=2026-03&groupe-permis=B")
        lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon())
        lea.get("/inconnu/é è?a=%20b&c")

        answer = lea.get("/_mock/journal.har")
        shown = entries_of(lea)

    assert answer.headers["content-type"] == "application/json"
    log = answer.json()["log"]
    assert log["version"] == "1.2"
    assert log["creator"] == {"name": "rdv-mock", "version": __version__}
    read, written, unknown = log["entries"]
    assert read["request"]["method"] == "GET"
    assert read["request"]["url"] == (f"http://testserver{LIVRET}/etp?mois=2026-03&groupe-permis=B")
    assert read["request"]["queryString"] == [
        {"name": "mois", "value": "2026-03"},
        {"name": "groupe-permis", "value": "B"},
    ]
    assert read["response"]["status"] == 200
    assert read["response"]["content"]["text"] == shown[2]["response"]["body"]
    assert read["response"]["content"]["mimeType"] == "application/json"
    assert written["request"]["postData"]["text"] == shown[1]["request"]["body"]
    assert written["request"]["postData"]["mimeType"] == "application/json"
    assert written["response"]["redirectURL"] == shown[1]["response"]["headers"]["location"]
    assert written["request"]["bodySize"] == int(shown[1]["request"]["headers"]["content-length"])
    assert written["response"]["content"]["size"] == len(shown[1]["response"]["body"].encode())
    assert "postData" not in read["request"]
    assert unknown["request"]["url"] == "http://testserver/inconnu/%C3%A9%20%C3%A8?a=%20b&c"


def test_every_entry_of_the_har_has_what_its_readers_ask_for(busy: Vendor) -> None:
    entries = busy.get("/_mock/journal.har").json()["log"]["entries"]

    assert len(entries) == 6
    for entry in entries:
        began = datetime.fromisoformat(entry["startedDateTime"])
        assert began.tzinfo is not None
        assert re.search(r"\.\d{3}\+00:00$", entry["startedDateTime"])
        assert entry["time"] == sum(entry["timings"].values())
        assert set(entry["timings"]) == {"send", "wait", "receive"}
        assert entry["cache"] == {}
        for message, keys in (
            ("request", {"method", "url", "queryString"}),
            ("response", {"status", "statusText", "content", "redirectURL"}),
        ):
            common = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
            assert set(entry[message]) - {"postData"} == keys | common
            assert all(set(header) == {"name", "value"} for header in entry[message]["headers"])
        assert urlsplit(entry["request"]["url"]).netloc == "testserver"


def test_the_har_of_a_large_body_has_all_of_it_and_its_size(lea: Vendor) -> None:
    large = "é" * 300_000
    lea.post("/_mock/incidents", json={"body": large, "times": 1})
    lea.post(CONTRATS, json={"essai": large})

    (entry,) = lea.get("/_mock/journal.har").json()["log"]["entries"]

    assert entry["request"]["bodySize"] == len(entry["request"]["postData"]["text"].encode())
    assert entry["response"]["bodySize"] == entry["response"]["content"]["size"] == 600_000
    assert entry["response"]["content"]["text"] == large
    assert "comment" not in entry["request"]
    assert "comment" not in entry["response"]


def test_the_har_says_where_a_body_was_cut(sparing: Vendor) -> None:
    sparing.post(CONTRATS, content=b"a" * (3 * LARGEST))
    sparing.post("/_mock/incidents", json={"body": "b" * (2 * LARGEST), "times": 1})
    sparing.get(FORMATEURS)

    first, second = sparing.get("/_mock/journal.har").json()["log"]["entries"]

    sent, received = first["request"], second["response"]
    assert (sent["bodySize"], len(sent["postData"]["text"])) == (3 * LARGEST, LARGEST)
    assert (received["bodySize"], received["content"]["size"]) == (2 * LARGEST, 2 * LARGEST)
    assert len(received["content"]["text"]) == LARGEST
    comment = f"cut: {LARGEST} of {3 * LARGEST} bytes of the body were kept"
    assert sent["comment"] == sent["postData"]["comment"] == comment
    comment = f"cut: {LARGEST} of {2 * LARGEST} bytes of the body were kept"
    assert received["comment"] == received["content"]["comment"] == comment


def test_a_body_that_is_no_text_is_in_the_har_in_base64(lea: Vendor) -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\xff"
    lea.post(CONTRATS, content=picture, headers={"Content-Type": "image/png"})

    (entry,) = lea.get("/_mock/journal.har").json()["log"]["entries"]

    posted = entry["request"]["postData"]
    assert (posted["mimeType"], posted["_encoding"]) == ("image/png", "base64")
    assert b64decode(posted["text"]) == picture
    assert entry["request"]["bodySize"] == len(picture)


def test_a_secret_among_bytes_that_are_no_text_is_not_hidden_in_base64(lea: Vendor) -> None:
    lea.post(CONTRATS, content=b"\xff\x00&password=secret-s\n\xff")

    (entry,) = lea.get("/_mock/journal.har").json()["log"]["entries"]

    assert entry["request"]["postData"]["text"] == "\ufffd\x00&password=***\n\ufffd"
    assert "_encoding" not in entry["request"]["postData"]


def test_the_har_of_a_world_names_its_addresses(lea: Vendor) -> None:
    lea.post("/_mock/worlds", json={"name": "autre"})
    elsewhere = Vendor(lea.application, "/w/autre")
    elsewhere.get(FORMATEURS)

    (entry,) = elsewhere.get("/_mock/journal.har").json()["log"]["entries"]

    assert entry["request"]["url"] == f"http://testserver/w/autre{FORMATEURS}"


def test_the_har_of_nothing_is_a_har(anyone: Vendor) -> None:
    assert anyone.get("/_mock/journal.har").json()["log"]["entries"] == []
