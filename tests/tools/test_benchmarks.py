"""Benchmarks are run by hand and seldom: each must at least find the names that it measures."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.cases import check_all

FOLDER = Path(__file__).parents[2] / "benchmarks"


def test_every_benchmark_imports():
    modules = [file.stem for file in FOLDER.glob("bench_*.py")]
    check_all(((name, name) for name in modules), lambda name: importlib.import_module(f"benchmarks.{name}").main)
