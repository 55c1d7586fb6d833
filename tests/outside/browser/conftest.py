"""Headless Chromium (Debian's packages, never a download) before one server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.ui import WebDriverWait

from tests.outside.chromium import chromium
from tests.story.process import ServerProcess, server_process

SECONDS = 15


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    with server_process() as server:
        yield server


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Chrome]:
    with chromium(tmp_path) as chrome:
        yield chrome


def wait_for(chrome: Chrome, by: str, what: str) -> None:
    WebDriverWait(chrome, SECONDS).until(visibility_of_element_located((by, what)))


def severe_messages(chrome: Chrome) -> list[str]:
    """What the browser's console complains of."""
    return [
        str(entry["message"])
        for entry in chrome.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] == "SEVERE"
    ]
