"""The album of a page: which pictures it holds, in which form, and what it says of those that it lacks."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PIL import Image

from medq_tasks.data import prepare
from medq_tasks.pixels import decode
from medq_tasks.report.picture_files import full, subtype_as_is
from medq_tasks.report.picture_mode import PictureMode
from medq_tasks.report.pictures import Album, collect, served
from medq_tasks.runs.load import load_runs
from medq_tasks.settings import Settings
from tests.data.factory import cell, encode, perception_rows, png, write_tsv
from tests.report import pictured
from tests.runs import factory


def album(folder: Path, mode: PictureMode = PictureMode.EMBED, budget: int = 10**6) -> Album:
    settings = pictured.settings(folder)
    factory.write_run(folder / "run", pictured.tasks(folder))
    return collect(load_runs([folder / "run"]), settings, mode, budget, folder / "out.html")


def run_on(folder: Path, files: list[bytes]) -> Settings:
    """A run of one question per file, every third one wrong from the first on, and its data."""
    rows = [{**row, "image": cell(file)} for row, file in zip(perception_rows(len(files)), files, strict=True)]
    write_tsv(folder / "data", "perception", rows)
    settings = pictured.settings(folder)
    table = prepare("perception", "test", settings).fingerprint[:16]
    records = [factory.perception(n, right=n % 3 > 0, table=table) for n in range(len(files))]
    factory.write_run(folder / "run", {"medq_perception": records})
    return settings


def test_files_are_embedded_as_they_are_when_they_fit(tmp_path: Path) -> None:
    made = album(tmp_path)
    assert (len(made.uris), made.preview, made.edge, made.full, made.notes) == (12 + 8, [], None, [], [])
    first = made.uris[0]
    assert first is not None
    assert base64.b64decode(first.removeprefix("data:image/png;base64,")) == png(0)
    assert sorted(map(len, made.index.values())) == [1] * 12 + [2] * 4


def test_wrong_answers_are_in_full_first_and_the_note_counts(tmp_path: Path) -> None:
    grain = encode(Image.effect_noise((600, 400), 40))
    settings = run_on(tmp_path, [grain + bytes(n) for n in range(6)])
    budget = 4 * len(grain)  # room for three files as base64, so for two and previews of the others
    made = collect(load_runs([tmp_path / "run"]), settings, PictureMode.EMBED, budget)
    assert made.preview == [1, 2, 4, 5]  # 0 and 3 are wrong
    assert made.notes == [
        f"Of 6 pictures 2 in full, 4 as previews of at most {made.edge} pixels are inside the page: its budget of "
        f"{budget / 1e6:g} MB (--picture-budget) goes to items that the runs answered differently, then wrong ones, "
        "then low or missing scores, then the rest; `medq view` shows all in full."
    ]


def test_what_the_budget_leaves_out_is_told(tmp_path: Path) -> None:
    made = album(tmp_path, budget=4_000)
    left_out = made.uris.count(None)
    assert 0 < left_out < 20
    assert sum(len(uri) for uri in made.uris if uri) <= 4_000
    assert f"{left_out} not at all (no preview is smaller than 128 pixels)" in made.notes[0]


def test_a_folder_holds_every_picture_in_full(tmp_path: Path) -> None:
    made = album(tmp_path, PictureMode.FOLDER, budget=4_000)
    assert len(made.full) == 20
    assert made.notes[0].endswith("; all are in full in out_files.")
    assert (tmp_path / made.full[0]).read_bytes() == png(0)
    torn = tmp_path / made.full[1]
    whole = torn.read_bytes()
    torn.write_bytes(whole[:-9])
    album(tmp_path, PictureMode.FOLDER, budget=4_000)
    assert torn.read_bytes() == whole


def test_a_missing_table_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    tasks = {**pictured.tasks(tmp_path), "medq_perception_dev": factory.perception_records(4)}
    factory.write_run(tmp_path / "run", tasks)
    made = collect(load_runs([tmp_path / "run"]), pictured.settings(tmp_path), PictureMode.EMBED, 10**6)
    assert len(made.uris) == 20
    (note,) = made.notes
    assert note.startswith("medq_perception_dev: the pictures of 4 items are not shown")


def test_a_lost_cache_is_made_again_from_the_same_data(tmp_path: Path) -> None:
    factory.write_run(tmp_path / "run", pictured.tasks(tmp_path))
    (tmp_path / "cache").rename(tmp_path / "elsewhere")
    made = collect(load_runs([tmp_path / "run"]), pictured.settings(tmp_path), PictureMode.EMBED, 10**6)
    assert (len(made.uris), made.notes) == (20, [])


def test_none_is_none(tmp_path: Path) -> None:
    made = album(tmp_path, PictureMode.NONE)
    assert (made.uris, made.notes) == ([], ["Made without pictures (--pictures none)."])


def test_equal_pictures_are_one_also_in_a_table_that_does_not_tell_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = run_on(tmp_path, [png(1), png(2), png(1)])
    runs = load_runs([tmp_path / "run"])
    told, pictures = served(runs, settings)
    monkeypatch.setattr("medq_tasks.data.table.OpenTable.picture_digests", lambda table: None)
    assert served(runs, settings)[0] == told
    assert [list(numbers) for numbers in told.index.values()] == [[0], [1], [0]]
    assert [bytes(source.view) for source in pictures] == [png(1), png(2)]


def test_a_served_album_has_all_in_full_none_inside_and_says_what_is_no_longer_the_file(tmp_path: Path) -> None:
    tiff = encode(Image.new("RGB", (8, 8), (9, 8, 7)), "TIFF")
    settings = run_on(tmp_path, [png(1), tiff])
    made, pictures = served(load_runs([tmp_path / "run"]), settings)
    assert (made.full, made.uris, made.preview, made.edge) == (["pictures/0", "pictures/1"], [], [], None)
    assert len(pictures) == 2
    (note,) = made.notes
    assert note.startswith("1 of 2 pictures are shown as lossless PNG of the pixels that a model gets: browsers do not")


@pytest.mark.parametrize(
    "data",
    [
        png(1, mode="I;16"),
        encode(Image.new("RGB", (8, 8), (9, 8, 7)), "TIFF"),
        encode(Image.new("CMYK", (8, 8), (9, 8, 7, 0)), "JPEG"),
    ],
    ids=["16 bit", "tiff", "cmyk"],
)
def test_pixels_that_a_browser_would_show_otherwise_are_written_as_the_model_sees_them(data: bytes) -> None:
    assert subtype_as_is(data) is None
    subtype, made = full(data)
    assert subtype == "png"
    assert decode(bytes(made)).tobytes() == decode(data).tobytes()


@pytest.mark.parametrize(
    ("data", "subtype"), [(png(2), "png"), (encode(Image.new("L", (8, 8), 7), "JPEG"), "jpeg")], ids=["png", "jpeg"]
)
def test_what_a_browser_shows_as_it_is_stays_the_very_file(data: bytes, subtype: str) -> None:
    assert full(data) == (subtype, data)
