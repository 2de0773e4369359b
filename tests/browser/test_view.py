"""``medq view`` in a real browser: the page works, its pictures have all their pixels, and no stranger sees any."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from medq_tasks.cli.shown import shown
from medq_tasks.cli.view import _fill
from medq_tasks.report.server import PageServer
from tests.browser.driving import count, detail, errors, press, requests, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def address(pages: Path) -> Iterator[str]:
    with PageServer() as server:
        _fill(server, shown([pages / "runs"], None, True, None, None), "MedQ-Bench report")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


def sizes(driver: Any) -> list[list[int]]:
    """Natural widths and heights of the pictures shown, once they are there."""
    images = driver.find_elements(By.CSS_SELECTOR, ".pictures img")
    wait_for(lambda: all(image.get_property("complete") for image in images))
    return [[image.get_property("naturalWidth"), image.get_property("naturalHeight")] for image in images]


def test_every_picture_comes_in_full_from_the_server_alone(address: str, chrome: Any) -> None:
    chrome.get(address)
    assert count(chrome) == "28 of 28 answers"
    assert sizes(chrome) == [[24, 16]]
    chrome.get("about:blank")
    chrome.get(f"{address}#samples?task=medq_reasoning_comparison")
    wait_for(lambda: "id co0" in detail(chrome))
    assert sizes(chrome) == [[24, 16]] * 2
    press(chrome, "f")
    zoomed = chrome.find_elements(By.CSS_SELECTOR, "#zoom .sheet img")
    assert wait_for(lambda: [image.get_property("naturalWidth") for image in zoomed] == [24, 24])
    assert errors(chrome) == []
    asked = requests(chrome)
    assert all(url.startswith(address) for url in asked)
    assert {url.removeprefix(address).split("/")[0] for url in asked} <= {"", "icon", "pictures"}


def test_pictures_come_from_nowhere_else_and_no_page_frames_this_one(address: str, chrome: Any, tmp_path: Path) -> None:
    chrome.get(address)
    chrome.execute_script("const i = document.createElement('img'); i.src = 'data:,'; document.body.append(i);")
    assert "img-src 'self'" in wait_for(lambda: errors(chrome))[0]
    frame = tmp_path / "frame.html"
    frame.write_text(f"<!doctype html><iframe src='{address}'></iframe>")
    chrome.get(frame.as_uri())
    assert "frame-ancestors" in wait_for(lambda: errors(chrome))[0]


def test_without_its_token_there_is_nothing(address: str, chrome: Any) -> None:
    stranger = address.rsplit("/", 2)[0]
    for path in ("/", "/pictures/0", "/" + "0" * 32 + "/"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(stranger + path, timeout=10)
        assert refused.value.code == 403
    chrome.get(f"{stranger}/")
    assert chrome.find_element(By.TAG_NAME, "body").text == "Open the whole address that `medq view` printed."
