"""What is told in a run."""

import pytest
from loguru import logger


@pytest.fixture
def warned():
    """The warnings of the test, as they are logged."""
    said = []
    handler = logger.add(lambda message: said.append(message.record["message"]), level="WARNING")
    yield said
    logger.remove(handler)
