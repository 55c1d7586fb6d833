"""Headless Chromium (Debian's packages, never a download) before one server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.ui import WebDriverWait

from tests.story.process import ServerProcess, server_process

SECONDS = 15


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    with server_process() as server:
        yield server


@pytest.fixture
def chrome(tmp_path: Path) -> Iterator[Chrome]:
    for tool, package in {"chromium": "chromium", "chromedriver": "chromium-driver"}.items():
        assert shutil.which(tool), f"{tool} is missing: install Debian's package {package}"
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1280,1600",
        f"--user-data-dir={tmp_path}",
    ):
        options.add_argument(argument)
    chrome = Chrome(options, Service(shutil.which("chromedriver")))
    yield chrome
    chrome.quit()


def wait_for(chrome: Chrome, by: str, what: str) -> None:
    WebDriverWait(chrome, SECONDS).until(visibility_of_element_located((by, what)))


def severe_messages(chrome: Chrome) -> list[str]:
    """What the browser's console complains of."""
    return [
        str(entry["message"])
        for entry in chrome.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] == "SEVERE"
    ]
