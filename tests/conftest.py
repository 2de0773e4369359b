"""Shared by all tests: nothing reaches the network, nothing reads or fills the user's own cache or settings."""

import os

import pytest
from hypothesis import settings

# A busy machine must not fail a test: what is checked is the answer, not the time it took.
settings.register_profile("medq", deadline=None)
settings.load_profile("medq")

for name in [name for name in os.environ if name.startswith(("MEDQ_", "OPENAI_"))]:
    del os.environ[name]
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
