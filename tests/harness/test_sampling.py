"""Which requests are drawn at random."""

import types

import pytest

from medq_tasks.harness.sampling import drawn


def request(repeats=1, **settings):
    return types.SimpleNamespace(args=("prompt", settings, None), repeats=repeats)


PLAIN = types.SimpleNamespace()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 0},
        {"temperature": "0.0"},
        {"temperature": None},
        {"do_sample": False},
        {"n": 1},
        {"n": None},
    ],
)
def test_requests_that_are_answered_alike_every_time(settings):
    assert drawn(request(**settings), PLAIN) == ""


def test_what_the_backend_does_by_itself():
    hot = types.SimpleNamespace(temperature=0.5)
    assert drawn(request(temperature=0), hot) == "the backend's temperature 0.5"
    assert drawn(request(), types.SimpleNamespace(do_sample=True)) == "the backend's do_sample"
    assert drawn(request(), types.SimpleNamespace(do_sample=False, temperature=0.5)) == ""
    drawing = types.SimpleNamespace(generation_config=types.SimpleNamespace(do_sample=True))
    model = types.SimpleNamespace(model=drawing)
    assert drawn(request(), model) == "the model's generation_config"
    assert drawn(request(temperature=0), model) == ""  # the request says otherwise
    assert drawn(request(repeats=3), PLAIN) == "repeats 3"
