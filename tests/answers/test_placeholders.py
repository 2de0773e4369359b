"""Texts in the place of a reply: a failed request is one, whoever wrote it down, and a model's own words are none."""

from __future__ import annotations

import pytest

from medq_tasks.answers import failure


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("Failed to obtain answer via API.", "request failed"),
        ("Failed to obtain answer via API. ", "request failed"),
        ("Failed to obtain answer.", "request failed"),
        ("Failed to obtain answer via bailingMM API.", "request failed"),
        ("Failed to obtain answer BlueLM API. ", "request failed"),
        ("Failed to obtain answer: timeout\nB", "request failed: timeout B"),
        ("Failed to obtain answer via API. : Failed with all turns.", "request failed: Failed with all turns."),
    ],
)
def test_the_reference_implementations_failed_requests(reply, reason):
    assert failure(reply) == reason


@pytest.mark.parametrize(
    "reply",
    [
        "Failed to obtain answer via API. The answer is B.",
        "Failed to obtain answers from the noise, so B",
        "The scan failed. Failed to obtain answer via API.",
        "Failed to obtain answer because the picture is dark: B",
    ],
)
def test_a_reply_that_goes_on_is_the_models_own(reply):
    assert failure(reply) is None
