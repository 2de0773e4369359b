"""Shared by all tests: nothing reaches the network, nothing reads or fills the user's own cache or settings."""

import os

import pytest

for name in [name for name in os.environ if name.startswith(("MEDQ_", "OPENAI_"))]:
    del os.environ[name]
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("MEDQ_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
