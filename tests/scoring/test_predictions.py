"""Files of predictions of every kind -> ids and replies, or one error that says where and what to do."""

from __future__ import annotations

import datetime
import io
import json
import pickle
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from medq_tasks.errors import PredictionsError
from medq_tasks.scoring.predictions import plain_id, read_predictions, some

EQUAL = {"0": "A", "1": "The answer is B."}
ROWS = [{"id": key, "reply": value} for key, value in EQUAL.items()]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def lines(*rows: object) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def read(folder: Path, name: str, data: bytes) -> dict[str, str]:
    (folder / name).write_bytes(data)
    return {row.id: row.reply for row in read_predictions(folder / name).rows}


TABLE = "id,reply\r\n0,A\r\n1,The answer is B.\r\n"
SAME = [
    ("a.jsonl", lines(*ROWS)),
    ("a.NDJSON", lines({"Question ID": 0, "Response": "A"}, {"Question ID": 1.0, "Response": "The answer is B."})),
    ("by_row.json", dumped({"1": {"id": 0, "reply": "A"}, "0": {"id": 1, "reply": "The answer is B."}})),
    ("nested.jsonl", lines({**ROWS[0], "usage": {"a": 1}, "meta": {"b": [2]}}, ROWS[1])),
    ("lines.json", lines(*ROWS) + b"\n\n"),
    ("list.json", json.dumps(ROWS, indent=1).encode()),
    ("list.jsonl", dumped(ROWS)),
    ("replies.json", dumped(EQUAL)),
    ("objects.json", dumped({key: {"prediction": [[value]]} for key, value in EQUAL.items()})),
    ("wrapped.json", dumped({"model": "m", "predictions": ROWS})),
    ("scores.json", dumped({"results": {"m": {"accuracy": 0.5}, "n": 6}, "data": [], "predictions": ROWS})),
    (
        "a_list_and_an_object.json",
        dumped({"index": dict(reversed([*zip("01", EQUAL, strict=True)])), "prediction": list(EQUAL.values())}),
    ),
    (
        "more.json",
        dumped({"meta": {"model": "m"}, "index": list(EQUAL), "prediction": list(EQUAL.values()), "note": {}}),
    ),
    ("columns.json", dumped({"index": list(EQUAL), "prediction": list(EQUAL.values())})),
    (
        "rows_in_another_order.json",
        dumped(
            {
                "index": {str(row): key for row, key in enumerate(EQUAL)},
                "prediction": dict(reversed([(str(row), reply) for row, reply in enumerate(EQUAL.values())])),
            }
        ),
    ),
    ("pandas.json", dumped({"index": {"7": 0, "9": 1}, "prediction": dict(zip("79", EQUAL.values(), strict=True))})),
    ("split.json", dumped({"columns": ["id", "reply"], "data": list(map(list, EQUAL.items()))})),
    ("a.csv", TABLE.encode()),
    ("bom.csv", TABLE.encode("utf-8-sig")),
    ("semicolon.csv", TABLE.replace(",", ";").encode()),
    ("a.tsv", TABLE.replace(",", "\t").encode()),
    ("utf16.tsv", TABLE.replace(",", "\t").encode("utf-16")),
    ("a.xlsx", workbook(["index", "prediction"], [0.0, "A"], [], [1, "The answer is B."])),
]


@pytest.mark.parametrize(("name", "data"), SAME, ids=[name for name, _ in SAME])
def test_the_same_replies_in_every_format(tmp_path, name, data):
    assert read(tmp_path, name, data) == EQUAL


BAD = [
    ("a.pkl", b"anything", "is a pickle, which is not read: reading it would run whatever code"),
    ("pickle.json", pickle.dumps(ROWS), "is a pickle"),
    ("pickle.xlsx", pickle.dumps(ROWS), "is a pickle"),
    ("workbook.csv", workbook(["id", "reply"], [0, "A"]), "Give it the suffix .xlsx"),
    ("text.xlsx", b"id,reply\n0,A\n", "is no Excel workbook, whatever its name says"),
    ("cut.xlsx", workbook(["id", "reply"], [0, "A"])[:2000], "cannot be read as an Excel workbook"),
    ("zip.json", b"PK\x03\x04", "is a zip archive. Unpack it."),
    ("gzip.csv", b"\x1f\x8b\x08", "is compressed (gzip). Unpack it."),
    ("old.xlsx", b"\xd0\xcf\x11\xe0", "old Excel workbook (.xls). Save it as xlsx"),
    ("a.txt", b"id,reply\n0,A\n", ".txt is no format that is read. Save it as .xlsx, .tsv"),
    ("nosuffix", b"id,reply\n0,A\n", "no suffix is no format that is read"),
    ("empty.csv", b"", "is empty"),
    ("blank.csv", b"\n \n", "is empty"),
    ("bom.csv", b"\xef\xbb\xbf", "holds no rows"),
    ("header.csv", b"id,reply\n", "holds no rows"),
    ("header.xlsx", workbook(["id", "reply"]), "holds no rows"),
    ("list.json", b"[]", "holds no rows"),
    ("noids.csv", b"foo,reply\n0,A\n", "no column of ids. Its columns: foo, reply. Name one of them index (or id,"),
    ("key.csv", b"id,answer\n0,A\n", "'answer' is the key in such files, and is not read as a reply"),
    ("log.jsonl", lines({"doc_id": 0, "record": {}}), "`medq report` reads its folder"),
    ("twice.csv", b"id,reply,reply\n0,A,B\n", "the header names 'reply' more than once"),
    ("twice.xlsx", workbook(["id", "reply", "reply"], [0, "A", "B"]), "the header names 'reply' more than once"),
    ("alike.csv", b"id,Reply,reply\n0,A,B\n", "has both 'Reply' and 'reply'"),
    ("latin.csv", "id,reply\n0,é\n".encode("latin-1"), ", line 2: the text is not UTF-8 (byte 0xe9)"),
    ("utf16.csv", "id,reply\n0,A\n".encode("utf-16-le"), ", line 1: the text holds a zero byte"),
    ("open.csv", b'id,reply\n0,"A\n1,B\n', "line 3: cannot be read as csv (unexpected end of data)"),
    ("loose.tsv", b'id\treply\n0\t"Free" of noise\n', "line 2: cannot be read as tsv"),
    ("more.csv", b"id,reply\n0,A\n1,A, or B\n", "row 2: has 3 cells where the header names 2"),
    ("cut.csv", b"id,reply,hit\n0,A\n", "row 1: has 2 cells where the header names 3"),
    ("cut.json", dumped(ROWS)[:-5], "not valid JSON"),
    ("cut.jsonl", lines(*ROWS)[:-5], ", line 2: not valid JSON"),
    ("number.jsonl", b'{"id": 0, "reply": "A"}\n3\n', ", line 2: is the value 3. Make it an object"),
    ("text.json", b'["A", "B"]', ", entry 1: is a text. Make it an object"),
    ("null.json", b"null", "holds null. Give a list of objects"),
    ("key.json", b'{"0": "A", "0": "B"}', "the key '0' stands twice in one object"),
    ("deep.json", b"[" * 100_000, "nested too deeply"),
    ("digits.json", b'[{"id": ' + b"9" * 5000 + b', "reply": "A"}]', "not valid JSON"),
    (
        "other_rows.json",
        dumped({"id": {"0": 1, "1": 2}, "reply": {"1": "A", "2": "B"}}),
        "its columns do not have the same rows (id 2, reply 2). Write it again",
    ),
    ("uneven.json", dumped({"id": [1, 2], "reply": ["A"]}), "its columns do not have the same rows (id 2, reply 1)"),
    ("object.json", dumped([{"id": 0, "reply": {"text": "A"}}]), ", entry 1: an object where a text is expected"),
    ("draws.json", dumped([{"id": 0, "reply": ["A", "B"]}]), ", entry 1: a list of 2 where a text is expected"),
    ("two.json", dumped({"samples": {"0": "A"}, "items": {"1": "B"}}), "has rows under 'samples' and 'items'. Leave"),
    ("three.json", dumped({"rows": ROWS, "data": {"id": [0], "reply": ["A"]}}), "has rows under 'data' and 'rows'"),
    ("neither.jsonl", lines({"id": 0}, {"reply": "A"}), "no row has both an id (id) and a reply (reply)"),
]


@pytest.mark.parametrize(("name", "data", "said"), BAD, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(BAD)])
def test_one_error_names_the_file_and_the_place(tmp_path, name, data, said):
    with pytest.raises(PredictionsError) as error:
        read(tmp_path, name, data)
    assert str(error.value).startswith(str(tmp_path / name))
    assert said in str(error.value)


def test_what_is_no_file(tmp_path):
    with pytest.raises(PredictionsError, match="is a folder"):
        read_predictions(tmp_path)
    with pytest.raises(PredictionsError, match="cannot be read"):
        read_predictions(tmp_path / "none.csv")


def test_a_cell_may_be_far_longer_than_csv_takes_by_itself(tmp_path):
    long = 'x,"\n' * 100_000
    quoted = long.replace('"', '""')
    assert read(tmp_path, "a.csv", f'id,reply\n0,"{quoted}"\n'.encode()) == {"0": long}


def test_a_spreadsheet_runs_nothing_and_its_numbers_are_texts(tmp_path):
    data = workbook(["index", "prediction"], [0, "=1+1"], [1, 3.0], [2, True], [3, "a_x000D_b"], [4, None])
    assert read(tmp_path, "a.xlsx", data) == {"0": "=1+1", "1": "3", "2": "True", "3": "a\rb", "4": ""}
    formulas = [ArrayFormula("B2", "=B, since {x}"), DataTableFormula("B3", r1="A1"), DataTableFormula("B4", r2="A2")]
    made = workbook(["index", "prediction"], *([place, formula] for place, formula in enumerate(formulas)))
    assert read(tmp_path, "c.xlsx", made) == {"0": "=B, since {x}", "1": "=TABLE(A1,)", "2": "=TABLE(,A2)"}
    day = workbook(["index", "prediction"], [0, datetime.datetime(2026, 1, 2)])
    assert read(tmp_path, "b.xlsx", day) == {"0": "2026-01-02 00:00:00"}


def test_a_workbook_without_styles_says_nothing(tmp_path):
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["id", "reply"], [0, "A"]))) as book, zipfile.ZipFile(plain, "w") as bare:
        for name in book.namelist():
            styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
            bare.writestr(name, styles if name == "xl/styles.xml" else book.read(name))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(tmp_path, "a.xlsx", plain.getvalue()) == {"0": "A"}


def test_no_number_and_null_are_empty_replies(tmp_path):
    data = b'[{"id": 0, "reply": NaN}, {"id": 1, "reply": null}, {"id": 2, "reply": "nan"}, {"id": 3, "reply": "None"}]'
    assert read(tmp_path, "a.json", data) == {"0": "", "1": "", "2": "", "3": "None"}  # an option may be called None
    assert "3 replies are empty: 0, 1, 2." in read_predictions(tmp_path / "a.json").notes[-1]


def test_rows_without_an_id_or_a_reply_are_counted_and_named(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(
        lines({"id": 0, "reply": "A"}, {"reply": "B"}, {"id": " ", "reply": "B"}, {"id": 3})
    )
    found = read_predictions(tmp_path / "a.jsonl")
    assert found.problems == (
        "a.jsonl: 2 rows have no id and are left out: line 2, line 3.",
        "a.jsonl: 1 row has no reply and is left out: line 4.",
    )


def test_replies_that_end_where_a_cell_of_excel_ends(tmp_path):
    data = workbook(["id", "reply"], [0, "x" * 32_767], [1, "x" * 32_766])
    (tmp_path / "a.xlsx").write_bytes(data)
    (problem,) = read_predictions(tmp_path / "a.xlsx").problems
    assert problem.startswith("a.xlsx: 1 reply with 32,767 characters")
    assert problem.endswith("cut there: 0.")


def test_scores_of_another_judge_are_named_and_not_taken(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"index,prediction,Completeness,hit,split\n0,A,2,1,test\n")
    notes = read_predictions(tmp_path / "a.csv").notes
    assert "a.csv: the scores in Completeness, hit are not taken over. `medq judge` makes new ones." in notes


def both_ids(folder: Path, name: str, data: bytes) -> list[tuple[str, str]]:
    (folder / name).write_bytes(data)
    return [(row.key, row.id) for row in read_predictions(folder / name).rows]


INNER = {"image_id": ["7", "8"], "reply": ["A", "B"]}
LABELLED = {
    "columns.json": dumped({name: dict(zip("01", cells, strict=True)) for name, cells in INNER.items()}),
    "split.json": dumped({"columns": list(INNER), "index": [0, 1], "data": [["7", "A"], ["8", "B"]]}),
    "unnamed.csv": b",image_id,reply\n0,7,A\n1,8,B\n",
    "again.tsv": b"Unnamed: 0\timage_id\treply\n0\t7\tA\n1\t8\tB\n",
    "labels.xlsx": workbook([None, "image_id", "reply"], [0, 7, "A"], [1, 8, "B"]),
}


@pytest.mark.parametrize("name", LABELLED)
def test_what_pandas_calls_a_row_is_its_number(tmp_path, name):
    assert both_ids(tmp_path, name, LABELLED[name]) == [("", "7"), ("", "8")]


def test_keys_before_rows_with_ids(tmp_path):
    def read(*keys, name):
        rows = {key: {name: 7 + n, "reply": "A"} for n, key in enumerate(keys)}
        return both_ids(tmp_path, "a.json", dumped(rows))

    assert read("0", "1", name="index") == [("", "7"), ("", "8")]  # numbers of rows
    assert read("0", "1", name="image_id") == [("0", "7"), ("1", "8")]  # may be either: the table has a say
    assert read("3", "1", name="image_id") == [("7", "3"), ("8", "1")]  # keys are ids
    assert read("3", "1", name="index") == [("3", "7"), ("1", "8")]  # both say so


def test_keys_are_ids_whatever_some_of_the_rows_hold(tmp_path):
    data = dumped({"0": {"reply": "A", "qid": "x"}, "1": {"reply": "B"}, "2": "C", "3": {"reply": "D", "qid": 3}})
    assert both_ids(tmp_path, "a.json", data) == [("x", "0"), ("", "1"), ("", "2"), ("", "3")]
    (note,) = read_predictions(tmp_path / "a.json").notes
    assert note == "a.json: 4 replies; ids from the keys of the rows, replies from 'reply'."


@pytest.mark.parametrize(
    ("data", "choices"),
    [
        (b"id,reply,A,B\n0,A,Yes,No\n", True),
        (b"id,reply,answer\n0,A,B\n", True),
        (b"id,reply,answer\n0,A,It is noisy.\n", False),
        (b"id,reply\n0,A\n", False),
    ],
)
def test_multiple_choice_is_told_by_its_columns(tmp_path, data, choices):
    (tmp_path / "a.csv").write_bytes(data)
    assert read_predictions(tmp_path / "a.csv").choices is choices


def test_ids_are_compared_as_whole_numbers():
    assert [plain_id(text) for text in (" 3", "3.0", "03", "3.", "+3")] == ["3"] * 5
    assert [plain_id(text) for text in ("3.5", "x 3", "9" * 30, "-3")] == ["3.5", "x 3", "9" * 30, "-3"]


def test_the_first_few_names_then_a_count():
    assert some("abcde") == "a, b, c, d, e"
    assert some("abcdefg") == "a, b, c, d, e and 2 more"
    assert some(["x" * 50]) == "x" * 40 + "..."
