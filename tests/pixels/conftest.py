import numpy as np
import pytest


@pytest.fixture
def noise():
    """A picture that JPEG harms most: independent noise in every channel."""
    return np.random.default_rng(7).integers(0, 256, (67, 101, 3), dtype=np.uint8)
