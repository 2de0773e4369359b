"""What a prepared table holds."""

import csv
import hashlib
import json
import random

import datasets
import pytest
from PIL import Image

from medq_tasks.data import prepare
from tests.data.factory import (
    cell,
    comparison_rows,
    encode,
    no_reference_rows,
    perception_rows,
    png,
)
from tests.data.tables import images, prepared, settings

COLUMNS = [
    "row", "id", "table", "kind", "question", "letters", "options", "answer", "reference", "question_type", "modality",
    "severity", "scope", "grain", "source", "degradation", "inferred", "sizes", "pictures",
]  # fmt: skip


def test_the_perception_table_as_datasets_loads_it(tmp_path):
    table = prepared(tmp_path, "perception", perception_rows(7))
    loaded = datasets.load_from_disk(str(table.path))
    assert list(loaded) == ["test"]
    rows = loaded["test"]
    assert rows.column_names == [*COLUMNS, "image_1"]
    assert rows.features["image_1"] == datasets.Image(decode=False)
    assert rows.features["row"].dtype == "int32"
    assert (
        rows[4]
        == {
            "row": 4,
            "id": "4",
            "table": table.fingerprint[:16],
            "kind": "perception",
            "question": "What is the main degradation of this image?",
            "letters": ["A", "B", "C", "D"],
            "options": ["Motion blur", "Noise", "Ring artifact", "Low contrast"],
            "answer": "B",  # (4 // 3) % 4 = 1
            "reference": "",
            "question_type": "what",
            "modality": "fundus",
            "severity": "mild",
            "scope": "general",
            "grain": "",
            "degradation": "noise",
            "source": "simulated",
            "inferred": [],
            "sizes": ["24x16"],
            "pictures": [hashlib.sha256(png(4)).hexdigest()[:16]],
            "image_1": {"bytes": png(4), "path": None},
        }
    )
    assert (table.rows, table.kind, table.split, table.notes) == (7, "perception", "test", ())
    assert table.source == str(tmp_path / "data" / "medqbench_QA_test.tsv")


def test_the_description_tables(tmp_path):
    single = prepared(tmp_path, "no_reference", no_reference_rows(3))
    rows = datasets.load_from_disk(str(single.path))["test"]
    assert (rows[2]["question"], rows[2]["letters"], rows[2]["answer"]) == ("", [], "")
    assert rows[2]["reference"].endswith("The quality is reject.")
    pair = prepared(tmp_path, "comparison", comparison_rows(2))
    rows = datasets.load_from_disk(str(pair.path))["test"]
    assert rows.column_names == [*COLUMNS, "image_1", "image_2"]
    assert (rows[1]["image_1"]["bytes"], rows[1]["image_2"]["bytes"]) == (png(2002), png(2003))
    assert rows["grain"] == ["coarse", "fine"]
    assert rows[1]["pictures"] == [hashlib.sha256(png(shown)).hexdigest()[:16] for shown in (2002, 2003)]


def test_pictures_come_out_byte_for_byte(tmp_path):
    noise = Image.frombytes("RGB", (31, 17), random.Random(3).randbytes(31 * 17 * 3))
    deep = Image.frombytes("I;16", (31, 17), random.Random(4).randbytes(31 * 17 * 2))
    files = [
        encode(noise, "JPEG"),
        encode(noise, "BMP"),
        encode(noise, "WEBP"),
        encode(deep),
        encode(noise.convert("P")),
        encode(noise.convert("L"), "JPEG"),
        encode(noise.convert("CMYK"), "JPEG"),
    ]
    rows = no_reference_rows(len(files))
    for row, file in zip(rows, files, strict=True):
        row["image"] = cell(file)
    table = prepared(tmp_path, "no_reference", rows)
    assert images(table) == [(file,) for file in files]
    assert any("1 picture with more than 8 bits" in note for note in table.notes)
    assert any("3 pictures in JPEG" in note for note in table.notes)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize(("bom", "newline"), [(False, "\n"), (True, "\r\n")])
def test_dress_of_the_file(tmp_path, quoting, bom, newline):
    table = prepared(tmp_path, "perception", perception_rows(4), bom=bom, newline=newline, quoting=quoting)
    assert images(table) == [(png(row),) for row in range(4)]


def test_references_forward_backward_and_in_chains(tmp_path):
    rows = perception_rows(6)
    rows[0]["image"] = "3"  # forward
    rows[1]["image"] = "0"  # backward, and on
    rows[5]["image"] = "1"  # three steps
    rows[4]["image"] = "2.0"  # as pandas writes a whole number
    table = prepared(tmp_path, "perception", rows)
    assert images(table) == [(png(seed),) for seed in (3, 3, 2, 3, 2, 3)]


def test_references_in_pairs(tmp_path):
    rows = comparison_rows(5)
    rows[1]["image_b"] = "0"  # the same side of row 0
    rows[2]["image_a"], rows[2]["image_b"] = "1", "1"  # its pair; image_b leads on to row 0
    table = prepared(tmp_path, "comparison", rows)
    a, b = png(2000), png(2001)
    assert images(table)[:3] == [(a, b), (png(2002), b), (png(2002), b)]


def test_pairs_as_lists_and_whole_references(tmp_path):
    one, two = cell(png(1)), cell(png(2))
    rows = [
        {"index": "x", "image": json.dumps([one, two]), "description": "First is better."},
        {"index": "y", "image": str([two, one]), "description": "First is better."},
        {"index": "z", "image": "x", "description": "First is better."},
        {"index": "w", "image": '["y", "x"]', "description": "First is better."},
    ]
    found = images(prepared(tmp_path, "comparison", rows))
    # An element that is a reference takes the picture at its own place: y's first, x's second.
    assert found == [(png(1), png(2)), (png(2), png(1)), (png(1), png(2)), (png(2), png(2))]


def test_several_pictures_in_one_row(tmp_path):
    rows = no_reference_rows(2)
    rows[1]["image"] = str([cell(png(seed)) for seed in (7, 8, 9)])
    table = prepared(tmp_path, "no_reference", rows)
    assert images(table) == [(png(1000),), (png(7), png(8), png(9))]
    first = datasets.load_from_disk(str(table.path))["test"][0]
    assert [name for name in first if name.startswith("image_") and first[name] is None] == ["image_2", "image_3"]


def test_pictures_in_files(tmp_path):
    folder = tmp_path / "data" / "images"
    folder.mkdir(parents=True)
    for seed in (1, 2):
        (folder / f"{seed}.png").write_bytes(png(seed))
    (folder / "link.png").symlink_to(folder / "1.png")
    paths = ["images/1.png", "images\\2.png", "['images/2.png']", str(folder / "1.png"), "images/link.png"]
    rows = [{"index": str(n), "image_path": path, "description": "Good."} for n, path in enumerate(paths)]
    table = prepared(tmp_path, "no_reference", rows)
    assert images(table) == [(png(seed),) for seed in (1, 2, 2, 1, 1)]
    (folder / "1.png").write_bytes(png(3))
    again = prepare("no_reference", "test", settings(tmp_path))
    assert again.fingerprint != table.fingerprint
    assert images(again)[0] == (png(3),)


def test_a_path_beside_a_picture_is_only_its_name(tmp_path):
    rows = [{**row, "image_path": f"never/written/{row['index']}.png"} for row in perception_rows(2)]
    assert images(prepared(tmp_path, "perception", rows)) == [(png(0),), (png(1),)]
