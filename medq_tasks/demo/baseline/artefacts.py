"""Measures of structures that do not belong: streaks, rings, fold-over, ghosts, bubbles."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter, gaussian_filter1d

from medq_tasks.demo.baseline.canvas import Canvas, Floats

_TINY = 1e-9


def rings(canvas: Canvas) -> float:
    """Brightness that varies with the distance from the centre but not with the angle, against what varies with both.

    The picture in polar coordinates (skimage ``warp_polar``), high-passed along the radius: rings survive the median
    over all angles, anatomy and noise do not.
    """
    from skimage.transform import warp_polar

    centre = ((canvas.grey.shape[0] - 1) / 2, (canvas.grey.shape[1] - 1) / 2)
    found = []
    for shift in (0.0, 0.5):  # an even number of pixels has its centre between two of them
        at = (centre[0] + shift, centre[1] + shift)
        polar = warp_polar(canvas.grey, center=at, radius=canvas.side * 0.45, output_shape=(120, canvas.side // 2))
        band = polar - gaussian_filter1d(polar, 4.0, axis=1)
        common = np.median(band, axis=0)[8:]
        found.append(float(np.sqrt((common**2).mean())))
    return max(found)


def streaks(canvas: Canvas) -> float:
    """How spiky the spectrum is over direction: streaks put their energy into single directions, noise into all.

    Energy of the Fourier transform per degree, between 0.12 and 0.45 cycles per pixel: 95th percentile to median of
    its deviation from the neighbouring degrees.
    """
    angular = _directions(canvas)
    smooth = gaussian_filter1d(angular, 6.0, mode="wrap")
    ratio = angular / (smooth + _TINY)
    return float(np.quantile(ratio, 0.95) - 1.0)


def _directions(canvas: Canvas) -> Floats:
    side = canvas.side
    rows, columns = canvas.grey.shape
    square = canvas.grey[(rows - side) // 2 :, (columns - side) // 2 :][:side, :side]
    window = np.hanning(side)[:, None] * np.hanning(side)[None, :]
    band = np.clip(square - gaussian_filter(square, 3.0), -0.15, 0.15)
    power = np.abs(np.fft.fftshift(np.fft.fft2(band * window))) ** 2
    frequency = np.fft.fftshift(np.fft.fftfreq(side))
    down, across = np.meshgrid(frequency, frequency, indexing="ij")
    radius = np.hypot(down, across)
    kept = (radius > 0.12) & (radius < 0.45)
    degree = (np.degrees(np.arctan2(down, across)) % 180.0).astype(int)[kept]
    total = np.bincount(degree, weights=power[kept], minlength=180)[:180]
    return np.asarray(total / np.maximum(np.bincount(degree, minlength=180)[:180], 1))


def comb(canvas: Canvas) -> float:
    """Missing lines of k-space: how much the spectrum's lines differ in turn (every 2nd, 3rd, 4th), natural logarithm.

    Skipping lines folds the anatomy over; in the spectrum of the picture the skipped lines stay weak.
    """
    power = np.log(np.abs(np.fft.fftshift(np.fft.fft2(canvas.grey))) ** 2 + 1e-3)
    return max(_comb_of_lines(power.mean(axis=1 - axis)) for axis in (0, 1))


def _comb_of_lines(level: Floats) -> float:
    level = level - gaussian_filter1d(level, 5.0)
    number = np.arange(len(level)) - len(level) // 2
    outer = (np.abs(number) > 0.12 * len(level)) & (np.abs(number) < 0.48 * len(level))
    halves = [float(level[outer & (number % 2 == rest)].mean()) for rest in (0, 1)]
    best = abs(halves[0] - halves[1])
    for factor in (3, 4):
        kept = max(float(level[outer & (number % factor == rest)].mean()) for rest in range(factor))
        best = max(best, kept - float(np.median(level[outer])))
    return best


def echo(canvas: Canvas) -> float:
    """Edges repeated 6 to 40 pixels further on: root mean square of their autocorrelation there, along either axis.

    Motion while the lines of k-space are read puts weak copies of every edge at regular distances.
    """
    smooth = gaussian_filter(np.sqrt(canvas.grey), 0.7)  # the square root lifts weak copies in dark air
    return max(_echo_along(smooth, axis) for axis in (0, 1))


def _echo_along(smooth: Floats, axis: int) -> float:
    edges = np.diff(smooth, axis=axis)
    power = (np.abs(np.fft.fft(edges, axis=axis)) ** 2).mean(axis=1 - axis)
    correlation = np.fft.ifft(power).real
    far = correlation[6:40] / (correlation[0] + 1e-6)
    return float(np.sqrt((far**2).mean()))


def circles(canvas: Canvas) -> float:
    """The best circular outline, as the share of its circumference on dark thin structure (0 to 1).

    Hough transform (skimage) at 120 pixels a side, radius 9 to 39: an air bubble has a dark, closed, round rim.
    """
    from skimage.transform import hough_circle, rescale

    small = rescale(canvas.grey, 120.0 / canvas.side, order=1, anti_aliasing=True)
    dark = gaussian_filter(small, 2.5) - gaussian_filter(small, 0.6)
    rim = binary_dilation(dark > max(0.04, float(np.quantile(dark, 0.90))))
    return float(hough_circle(rim, np.arange(9, 40, 2)).max())
