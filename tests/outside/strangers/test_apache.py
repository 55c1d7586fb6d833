"""Apache with mod_auth_openidc before the APIs, set up as docs/clients.md says."""

import os
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urljoin

import pytest
from httpx2 import Client, Response

from tests.outside.strangers.conftest import wants
from tests.story.process import ServerProcess, client_of
from tests.support import lecon

DOCS = Path(__file__).parents[3] / "docs" / "clients.md"
SECONDS = 15
K1 = "cc000000-0000-4000-8000-000000000001"
SECTION = DOCS.read_text(encoding="utf-8").partition("## Apache")[2].partition("\n## ")[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def apache(server: ServerProcess) -> Iterator[str]:
    """An Apache of the docs, on a port of its own; its address."""
    program = wants("apache2", "apache2 libapache2-mod-auth-openidc")
    address = f"http://127.0.0.1:{free_port()}"
    (found,) = re.findall(r"```apache\n(.*?)```", SECTION, re.DOTALL)
    (registered,) = re.findall(r"-d '({.*?})'", SECTION, re.DOTALL)
    with client_of(server) as control:
        answer = control.patch(
            "/_mock/state",
            content=registered.replace("http://127.0.0.1:8081", address),
            headers={"content-type": "application/json"},
        )
        assert answer.status_code == 200, answer.text
    with tempfile.TemporaryDirectory() as folder:
        for name, value in {
            "PORT": address.rpartition(":")[2],
            "MOCK": server.url,
            "RUN": folder,
        }.items():
            found, changed = re.subn(
                rf"^Define {name} .*$", f"Define {name} {value}", found, flags=re.M
            )
            assert changed == 1
        conf = Path(folder, "apache.conf")
        conf.write_text(found, encoding="utf-8")
        as_user = ["-C", "User www-data", "-C", "Group www-data"] if os.getuid() == 0 else []
        with subprocess.Popen(
            [program, "-d", "/usr/lib/apache2", "-f", conf, *as_user, "-D", "FOREGROUND"],
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            try:
                wait_for(address, process)
                yield address
            finally:
                process.terminate()
                process.wait(SECONDS)


def wait_for(address: str, process: "subprocess.Popen[str]") -> None:
    host, _, port = address.rpartition("/")[2].partition(":")
    deadline = monotonic() + SECONDS
    while True:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            assert monotonic() < deadline
            sleep(0.05)
        else:
            return


def form_of(page: Response) -> tuple[str, dict[str, str]]:
    """Where the first form of a page is sent, and what is hidden in it."""
    action = unescape(re.findall(r'<form[^>]* action="([^"]+)"', page.text)[0])
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return urljoin(str(page.url), action), {name: unescape(value) for name, value in hidden}


def test_apache_logs_in_by_a_posted_form_and_declares_with_the_token_of_its_session(
    apache: str, server: ServerProcess
) -> None:
    with Client(trust_env=False, follow_redirects=True) as browser:
        # The page is protected: the login page comes first.
        page = browser.get(f"{apache}/livret/formateurs")
        assert page.url.host == "127.0.0.1"
        assert str(page.url).startswith(f"{server.url}/realms/formation")
        action, _ = form_of(page)

        # Its answer is a form for Apache, which then shows what was asked for.
        form_post = browser.post(action, data={"username": "lea@plesses.test", "password": "lea"})
        back, answer = form_of(form_post)
        assert back == f"{apache}/retour"
        assert {"code", "state", "session_state", "iss"} == answer.keys()
        formateurs = browser.post(back, data=answer)
        assert str(formateurs.url) == f"{apache}/livret/formateurs"
        assert "A0850001230" in formateurs.text

        # The claims of the session, and a leçon with its token.
        told = browser.get(f"{apache}/retour?info=json").json()
        assert told["userinfo"]["email"] == told["id_token"]["email"] == "lea@plesses.test"
        declared = browser.post(f"{apache}/livret/contrats-de-formation/{K1}/lecons", json=lecon())
        assert declared.status_code == 201, declared.text

        # Out of both.
        ended = browser.get(f"{apache}/retour?logout={apache}/adieu")
        assert str(ended.url).partition("?")[0] == f"{apache}/adieu"
        again = browser.get(f"{apache}/livret/formateurs")
        assert 'id="kc-form-login"' in again.text
