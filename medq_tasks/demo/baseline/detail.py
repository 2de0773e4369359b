"""Measures of fine structure: noise, sharpness, directional blur, lines, compression blocks."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import convolve, gaussian_filter, sobel

from medq_tasks.demo.baseline.canvas import Canvas, Floats

# The difference of two Laplacians: blind to flat areas, slopes and straight edges (Immerkaer, CVIU 64, 1996).
_IMMERKAER = np.array([[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]])
_TINY = 1e-6


def noise(canvas: Canvas) -> float:
    """Standard deviation of pixel noise (0 to 1), from the median response, so that sparse structure counts little."""
    response = np.abs(convolve(canvas.grey, _IMMERKAER, mode="nearest"))
    return float(np.median(response[canvas.core]) / (6.0 * 0.6745))


def fine_share(canvas: Canvas) -> float:
    """Fine detail (up to 1 pixel) in proportion to middle detail (1.5 to 4 pixels): falls with blur, not with contrast.

    A variance-of-Laplacian sharpness (Pech-Pacheco, ICPR 2000) that does not depend on contrast or exposure.
    """
    fine = canvas.grey - gaussian_filter(canvas.grey, 1.0)
    middle = gaussian_filter(canvas.grey, 1.5) - gaussian_filter(canvas.grey, 4.0)
    return float(fine[canvas.core].std() / (middle[canvas.core].std() + 0.002))


def direction(canvas: Canvas) -> float:
    """How one-sided the fine gradients are (0 to 1): a moving camera wipes out those along its path.

    Eigenvalues of the gradient covariance (structure tensor over the field), of the fine band.
    """
    band = gaussian_filter(canvas.grey, 0.8) - gaussian_filter(canvas.grey, 2.5)
    across, down = sobel(band, axis=1)[canvas.core], sobel(band, axis=0)[canvas.core]
    low, high = np.linalg.eigvalsh(np.array([[across @ across, across @ down], [across @ down, down @ down]]))
    return float((high - low) / (high + low + _TINY))


def heavy_tails(canvas: Canvas) -> float:
    """The strongest fine structure in proportion to the usual one (99th to 50th percentile).

    High where sharp edges stand in calm areas; it falls as ghosts or smear spread over everything.
    """
    band = np.abs((canvas.grey - gaussian_filter(canvas.grey, 1.5))[canvas.core])
    usual, strong = np.quantile(band, [0.5, 0.99])
    return float(strong / (usual + 0.004))


def lines(canvas: Canvas) -> float:
    """How much fine structure runs in lines instead of grain (0 to 1): the median coherence of the structure tensor.

    Strong edges are cut down to three times the usual size first, or the anatomy would decide.
    """
    band = canvas.grey - gaussian_filter(canvas.grey, 2.0)
    limit = 3.0 * np.median(np.abs(band[canvas.core])) + 0.01
    band = np.clip(band, -limit, limit)
    across, down = sobel(band, axis=1), sobel(band, axis=0)
    xx, yy, xy = (gaussian_filter(product, 2.5) for product in (across * across, down * down, across * down))
    coherence = np.sqrt((xx - yy) ** 2 + 4.0 * xy**2) / (xx + yy + 1e-4)
    return float(np.median(coherence[canvas.core]))


def blockiness(canvas: Canvas) -> float:
    """Steps at the borders of 8 x 8 blocks in proportion to steps elsewhere, minus 1 (after Wang et al., ICIP 2000).

    The block grid may start anywhere (cropped pictures): the strongest of the eight phases counts.
    """
    return max(_block_steps(canvas.full), _block_steps(canvas.full.T))


def _block_steps(grey: Floats) -> float:
    second = np.abs(grey[:, :-3] - 3 * grey[:, 1:-2] + 3 * grey[:, 2:-1] - grey[:, 3:]).mean(axis=0)
    phases = [float(second[phase::8].mean()) for phase in range(8)]
    return max(phases) / (float(np.median(phases)) + 0.002) - 1.0
