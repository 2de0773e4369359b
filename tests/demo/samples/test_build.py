"""The written sample set: schema, determinism, real differences between severities, no network."""

import base64
import csv
import errno
import functools
import io
import json
import socket

import numpy as np
import pytest
from PIL import Image

from medq_tasks.demo.samples import SEED, TABLES, base_pictures, build, catalogue, wheels
from medq_tasks.demo.samples.build import render
from medq_tasks.demo.samples.shot import Shot
from medq_tasks.errors import DataError
from medq_tasks.records import MODALITIES
from tests.cases import check_all

csv.field_size_limit(1 << 30)

EVERY_DEGRADATION = [degradation for group in catalogue.CATALOGUE.values() for degradation in group]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """One set for all tests here, made while every way to the network is shut."""

    def refuse(*arguments, **named):
        raise AssertionError(f"the sample set asked for the network: {arguments}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        return build(tmp_path_factory.mktemp("set"))


def rows(built, kind):
    with open(built.files[kind], encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def image(cell):
    return Image.open(io.BytesIO(base64.b64decode(cell, validate=True)))


def test_files_have_the_official_names_and_columns(built):
    assert {path.name for path in built.folder.iterdir()} == {*TABLES.values(), "medq_mini.json"}
    assert TABLES["perception"] == "medqbench_QA_mini.tsv"
    needed = {
        "perception": {"index", "image", "question", "A", "B", "C", "D", "answer", "modality", "question_type"},
        "no_reference": {"index", "image", "question", "description", "modality"},
        "comparison": {"index", "image_a", "image_b", "question", "description", "modality", "grain"},
    }
    for kind, columns in needed.items():
        assert columns <= set(rows(built, kind)[0])


def test_perception_rows(built):
    table = rows(built, "perception")
    by_id = {row["index"]: row for row in table}
    assert len(by_id) == len(table) == 90
    for row in table:
        options = [row[letter] for letter in "ABCD" if row[letter]]
        assert 2 <= len(options) <= 4
        assert row[row["answer"]]
        if len(row["image"]) <= 64:  # a reference to the row that holds the picture
            row = by_id[row["image"]]
        opened = image(row["image"])
        opened.load()
        assert opened.format == "PNG"
        assert opened.size == (240, 240)
        assert opened.mode == ("L" if row["modality"] in ("ct", "mri") else "RGB")


def test_pairs_show_the_same_place_in_two_qualities(built):
    for row in rows(built, "comparison"):
        first, second = (np.asarray(image(row[name]).convert("L"), dtype=float) for name in ("image_a", "image_b"))
        assert first.shape == second.shape
        assert not np.array_equal(first, second)


def test_a_second_build_gives_the_same_bytes_and_records_them(built, shared_cache):
    (again,) = (shared_cache / "samples").iterdir()  # made for all tests, it may be by another process
    assert again != built.folder
    for path in built.files.values():
        assert (again / path.name).read_bytes() == path.read_bytes()
    stamp = json.loads((again / "medq_mini.json").read_text())
    assert stamp["seed"] == SEED
    assert stamp["fingerprint"] == built.fingerprint
    assert stamp["versions"]["numpy"] == np.__version__


def test_the_set_is_a_few_megabytes(built):
    assert sum(path.stat().st_size for path in built.files.values()) < 12e6


@pytest.mark.parametrize("modality", MODALITIES)
def test_an_untouched_picture_is_the_view_itself_and_another_seed_shows_another_one(modality):
    view = base_pictures.views(modality)[0]
    shot = Shot(view.name, modality, "none", "", 0)
    assert np.array_equal(render(shot, 1), render(shot, 1))
    assert not np.array_equal(render(shot, 1), render(shot, 2))
    assert render(shot, 1).std() > 10  # a picture, not a flat field


def test_mild_changes_the_picture_and_severe_changes_it_more():
    clean = functools.lru_cache(None)(lambda view, modality: render(Shot(view, modality, "none", "", 7), 9))

    def check(degradation):
        view = next(v for v in base_pictures.views(degradation.modality) if v.name not in degradation.unseen_in)
        modality = degradation.modality
        changes = []
        for severity in ("mild", "severe"):
            degraded = render(Shot(view.name, modality, severity, degradation.key, 7), 9).astype(float)
            changes.append(np.sqrt(((degraded - clean(view.name, modality)) ** 2).mean()))
        assert changes[0] > 1.0  # of 255: to be seen
        assert changes[1] > 1.2 * changes[0]

    check_all(((degradation.key, degradation) for degradation in EVERY_DEGRADATION), check)


def test_a_missing_picture_file_is_told_with_its_cure(monkeypatch):
    with pytest.raises(DataError, match=r"force-reinstall nosuchpackage"):
        wheels.wheel_file("skimage", "data/not_there.png", distribution="nosuchpackage")


def test_nothing_half_written_is_left_when_the_disk_fails(tmp_path, monkeypatch):
    from medq_tasks.demo.samples.build import _write

    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "disk full")))
    with pytest.raises(OSError, match="disk full"):
        _write(tmp_path / "table.tsv", b"x" * 100)
    assert list(tmp_path.iterdir()) == []
