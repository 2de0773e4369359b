"""The command's words and exit codes, with findings that need no backend."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from medq_tasks.cli import app
from medq_tasks.fidelity import backends, probe, sent_pictures
from medq_tasks.fidelity.backends import CannotInspect
from medq_tasks.fidelity.picture_change import PictureChange
from medq_tasks.fidelity.probe import Arrival, Finding

PIXELS = np.zeros((4, 6, 3), np.uint8)
SAME = PictureChange(True, float("inf"), 1.0)
RESIZED = PictureChange(True, float("inf"), 1.0, "bicubic")
CHANGED = PictureChange(False, 33.33, 0.9)


def finding(name="noise", comparison=SAME, **arrival):
    return Finding(name, (6, 4), (6, 4), comparison, Arrival(PIXELS, **arrival))


@pytest.fixture
def run(monkeypatch):
    def run(found, *words):
        def inspect(model, sent, **options):
            if isinstance(found, Exception):
                raise found
            yield from found

        monkeypatch.setattr(probe, "inspect", inspect)
        monkeypatch.setattr(sent_pictures, "all_pictures", lambda: iter(()))
        done = CliRunner().invoke(app, ["fidelity", "--model", *words])
        return done.exit_code, done.output

    return run


def test_identical_and_resized_are_fine(run):
    huge = Finding("huge", (2400, 1800), (868, 644), RESIZED, Arrival(PIXELS, seen=(868, 644)))
    code, text = run([finding(), huge], "qwen2_vl")
    assert code == 0
    assert "identical" in text
    assert "resized (bicubic)" in text
    # 868 x 644 of 2400 x 1800 pixels: 12.9 %
    lines = text.splitlines()[-2:]
    assert lines == [
        "Transport lossless: 2 of 2 pictures; exact pixels were asked for.",
        "Resized before the model's processor, which no transport makes good: 1 of 2, the most huge from 2400 x 1800 "
        "to 868 x 644, 13 % of its pixels. "
        "PSNR and SSIM are against the original resized alike: of the transport alone.",
    ]


def test_a_resize_by_the_models_own_processor_is_told(run):
    _, text = run([finding(seen=(28, 28)), finding("edges", seen=(6, 4))], "qwen2_vl")
    assert text.splitlines()[-1].startswith("The model's own processor then resizes 1 picture, to the sizes under")


def test_a_resized_picture_is_not_called_lossless(run):
    huge = Finding("huge", (60, 40), (6, 4), RESIZED, Arrival(PIXELS))
    (picture,) = json.loads(run([huge], "qwen2_vl", "--json")[1])["pictures"]
    assert (picture["lossless"], picture["transport_lossless"], picture["resized"]) == (False, True, True)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_verdict_is_whole_at_any_width(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    _, text = run([finding(wire="PNG", media_type="image/jpeg")], "openai", "--image-transport", "jpeg85")
    assert "wrong media type" in " ".join(text.split())
    assert "PNG called image/jpeg" in " ".join(text.split())


def test_the_help_names_the_backends_that_have_a_tiny_checkpoint():
    text = " ".join(CliRunner().invoke(app, ["fidelity", "--help"], env={"COLUMNS": "200"}).output.split())
    assert f"on the spot for {', '.join(list(backends._TINY)[:-1])} and {list(backends._TINY)[-1]}" in text


def test_changed_pixels_are_a_failure(run):
    code, text = run([finding(), finding("edges", CHANGED)], "qwen2_vl")
    assert code == 1
    assert "changed" in text
    assert "33.3" in text


@pytest.mark.parametrize("transport", ["as_is", "jpeg85"])
def test_changed_pixels_are_no_failure_when_they_were_asked_for(run, transport):
    code, text = run([finding(comparison=CHANGED)], "qwen2_vl", "--image-transport", transport)
    assert code == 0
    assert "not asked for" in text


def test_a_plain_image_is_asked_to_be_exact_where_the_definitions_say_as_is(run):
    assert run([finding(comparison=CHANGED)], "openai", "--image-transport", "as_is")[0] == 1


def test_a_wrong_media_type_is_always_a_failure(run):
    found = [finding(wire="PNG", media_type="image/jpeg")]
    code, text = run(found, "openai", "--image-transport", "jpeg85")
    assert code == 1
    assert "wrong media type" in text
    assert "PNG called image/jpeg" in text


def test_a_picture_that_did_not_arrive_is_a_failure(run):
    code, text = run([finding(), Finding("edges", (6, 4))], "qwen2_vl")
    assert code == 1
    assert "did not arrive" in text


def test_a_backend_that_shows_nothing_cannot_be_inspected(run):
    code, text = run([Finding("edges", (6, 4))], "internvl3", "--model_args", "pretrained=x")
    assert code == 2
    assert "cannot be inspected here" in text
    code, text = run(CannotInspect("qwen2_vl cannot be inspected here: it needs a GPU."), "qwen2_vl")
    assert (code, text.strip()) == (2, "medq: qwen2_vl cannot be inspected here: it needs a GPU.")


def test_json_holds_the_same_and_is_valid(run):
    found = [finding(wire="PNG", media_type="image/png", seen=(28, 28)), finding("edges", CHANGED)]
    code, text = run(found, "openai", "--json")
    told = json.loads(text)
    assert code == 1
    assert told["lossless_asked"] is True
    first, second = told["pictures"]
    assert (first["verdict"], first["lossless"], first["psnr"], first["model_sees"]) == (
        "identical",
        True,
        None,
        [28, 28],
    )
    assert (second["verdict"], second["lossless"], second["psnr"]) == ("changed", False, 33.33)
