"""Each measure against a value worked out by hand."""

import math

import numpy as np
import pytest
from PIL import Image

from medq_tasks.fidelity.picture_change import compare, psnr, ssim


@pytest.fixture
def noise():
    return np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def test_psnr_of_a_known_error():
    grey = np.full((10, 10, 3), 100, np.uint8)
    # Every value is off by 5: mean squared error 25, 10 log10(65025 / 25) = 34.15.
    assert psnr(grey, grey + np.uint8(5)) == pytest.approx(34.1514, abs=1e-4)
    assert psnr(grey, grey) == math.inf


def test_psnr_does_not_wrap_around():
    assert psnr(np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)) == 0


def test_ssim_of_equal_and_of_inverted_pictures(noise):
    assert ssim(noise, noise) == 1
    assert ssim(noise, 255 - noise) < 0


@pytest.mark.parametrize(("side", "known"), [(2, False), (3, True), (4, True), (8, True)])
def test_ssim_of_small_pictures(side, known):
    first, second = np.zeros((side, side, 3), np.uint8), np.full((side, side, 3), 9, np.uint8)
    assert math.isnan(ssim(first, second)) is not known


def test_equal_pixels_are_the_same(noise):
    found = compare(noise, noise.copy())
    assert (found.same, found.psnr, found.ssim, found.resized_with) == (True, math.inf, 1.0, "")


def test_one_pixel_off_is_not_the_same(noise):
    other = noise.copy()
    other[5, 5, 1] ^= 1
    assert not compare(noise, other).same


@pytest.mark.parametrize("name", ["bicubic", "lanczos", "bilinear", "nearest"])
def test_a_resize_alone_is_told_from_damage(noise, name):
    small = Image.fromarray(noise).resize((28, 28), Image.Resampling[name.upper()])
    found = compare(noise, np.asarray(small))
    assert (found.same, found.resized_with) == (True, name)
    damaged = np.asarray(small).copy()
    damaged[0, 0, 0] ^= 1
    found = compare(noise, damaged)
    assert (found.same, found.resized_with) == (False, name)
    assert 40 < found.psnr < math.inf
