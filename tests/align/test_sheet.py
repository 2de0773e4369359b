"""The blinded sheet: what is drawn, what it shows, and how a filled-in one is read."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medq_tasks.align.ratings import RatingError, read_ratings, rows_of
from medq_tasks.align.sheet import RatedText, code, rateable, sample, sheet
from medq_tasks.errors import RunError
from medq_tasks.records import AXES, Record
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.run import Run
from medq_tasks.wording.escape import csv_read, csv_write
from tests.cases import check_all
from tests.runs import factory

TASKS = {"no_reference": "medq_reasoning_no_reference", "comparison": "medq_reasoning_comparison"}
HEADER = "item,completeness,preciseness,consistency,quality_accuracy\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    tasks: dict[str, list[Record]] = {
        TASKS["no_reference"]: list(factory.reasoning_records(221)),
        TASKS["comparison"]: list(factory.reasoning_records(133, "comparison")),
        "medq_perception": list(factory.perception_records(10)),
    }
    (loaded,) = load_runs([factory.write_run(tmp_path_factory.mktemp("run"), tasks)])
    return loaded


class TestSample:
    def test_the_seed_decides(self, run: Run) -> None:
        first = [item.code for item in sample(run, 50, seed=1)]
        assert first == [item.code for item in sample(run, 50, seed=1)]
        assert first != [item.code for item in sample(run, 50, seed=2)]
        assert len(set(first)) == 50

    def test_every_stratum_has_its_share(self, run: Run) -> None:
        drawn = sample(run, 100)
        kinds = Counter(item.record.kind for item in drawn)
        # 100 / 354 of 221 and of 133, to within one item
        assert abs(kinds["no_reference"] - 221 * 100 / 354) < 1
        assert abs(kinds["comparison"] - 133 * 100 / 354) < 1
        groups = Counter((item.record.kind, item.record.slices.modality) for item in drawn)
        for key, size in Counter((i.record.kind, i.record.slices.modality) for i in rateable(run)).items():
            assert abs(groups[key] - size * 100 / 354) < 2
        mean = sum(item.record.overall or 0 for item in drawn) / 100
        everything = [item.record.overall or 0 for item in rateable(run)]
        assert mean == pytest.approx(sum(everything) / len(everything), abs=0.25)

    def test_no_more_than_there_are(self, run: Run) -> None:
        assert len({item.code for item in sample(run, 1000)}) == 354

    def test_neighbours_do_not_share_a_stratum(self, run: Run) -> None:
        sums = [item.record.overall or 0 for item in sample(run, 100)]
        assert sums != sorted(sums)
        assert sums != sorted(sums, reverse=True)

    def test_what_has_no_text_is_not_drawn(self, tmp_path: Path) -> None:
        records = [factory.reasoning(0), factory.reasoning(1, state="empty"), factory.reasoning(2, state="failed")]
        (loaded,) = load_runs([factory.write_run(tmp_path, {TASKS["no_reference"]: records})])
        assert [item.record.id for item in rateable(loaded)] == ["no0"]

    def test_a_run_without_reasoning(self, tmp_path: Path) -> None:
        (loaded,) = load_runs([factory.write_run(tmp_path, {"medq_perception": factory.perception_records(3)})])
        with pytest.raises(RunError, match="no reasoning text to rate"):
            sample(loaded, 5)


class TestSheet:
    def test_it_is_blinded(self, run: Run) -> None:
        text = sheet(sample(run, 30))
        header, *rows = csv.reader(io.StringIO(text))
        assert header == ["item", "kind", "question", "reference", "text", *AXES, "remarks"]
        assert len(rows) == 30
        assert all(row[5:] == [""] * 5 for row in rows)
        assert "Qwen" not in text
        assert "Score" not in text

    def test_the_models_thinking_is_not_shown(self) -> None:
        record = factory.reasoning(0, reply="<think>secret thoughts</think>Sharp. Verdict: good.")
        text = sheet([RatedText(code(record), "task", record)])
        assert "secret" not in text
        assert "Sharp. Verdict: good." in text

    def test_codes_differ_with_item_and_text_and_are_no_numbers(self) -> None:
        texts = [factory.reasoning(number, reply=f"text {number % 3}") for number in range(300)]
        codes = {code(record) for record in texts}
        assert len(codes) == 300
        assert all(name.startswith("MQ-") for name in codes)
        assert code(texts[0]) != code(factory.reasoning(0, reply="other"))

    def test_no_cell_is_a_formula(self) -> None:
        for start in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'quoted"):
            record = factory.reasoning(0, reply=f"{start} text", reference=start, question=start)
            item = RatedText(code(record), "task", record)
            _, row = csv.reader(io.StringIO(sheet([item])))
            assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)

    @given(st.text())
    def test_the_neutralised_cell_is_read_back_right(self, text: str) -> None:
        assert csv_read(csv_write(text)) == text


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


class TestReading:
    def test_as_spreadsheet_programs_write(self, run: Run, tmp_path: Path) -> None:
        first, second = rateable(run)[:2]
        cells = [
            ["item", "Rater", "Completeness", "quality accuracy", "remarks"],
            [first.code, "Jörg", "2", "0", '"two\nlines"'],
            ["", "", "", "", ""],
            [second.code, "Jörg", "1.0", " 2 ", ""],
        ]

        def check(case: tuple[str, str, str]) -> None:
            encoding, delimiter, newline = case
            lines = [delimiter.join(line) for line in cells]
            path = write(tmp_path / "sheet.csv", newline.join(lines) + newline, encoding)
            ratings = read_ratings([path], [first, second])
            assert [(rating.item, rating.rater, dict(rating.scores)) for rating in ratings] == [
                (first, "Jörg", {"completeness": 2, "quality_accuracy": 0}),
                (second, "Jörg", {"completeness": 1, "quality_accuracy": 2}),
            ]
            assert ratings[1].place.endswith("sheet.csv, line 5")  # the remark has two lines, the blank row is one

        ways = itertools.product(("utf-8", "utf-8-sig", "utf-16", "cp1252"), (",", ";", "\t"), ("\n", "\r\n"))
        check_all(((repr(way), way) for way in ways), check)

    def test_the_separator_hint_of_spreadsheet_programs(self, run: Run, tmp_path: Path) -> None:
        item = rateable(run)[0]
        path = write(tmp_path / "sheet.csv", f"sep=;\nitem;completeness\n{item.code};2,0\n")
        (rating,) = read_ratings([path], [item])
        assert (rating.scores["completeness"], rating.place) == (2, f"{path}, line 3")

    def test_the_rater_is_the_files_name_without_a_column(self, run: Run, tmp_path: Path) -> None:
        item = rateable(run)[0]
        path = write(tmp_path / "dr_who.csv", HEADER + f"{item.code},0,1,2,2\n")
        (rating,) = read_ratings([path], [item])
        assert rating.rater == "dr_who"

    def test_own_ids_are_understood(self, run: Run, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", HEADER.replace("item", "ID") + "no3,0,1,2,2\n")
        (rating,) = read_ratings([path], rateable(run))
        assert rating.item.record.id == "no3"

    def test_an_id_of_two_tasks_needs_the_task(self, tmp_path: Path) -> None:
        both = [factory.reasoning(0, kind, id="7") for kind in ("no_reference", "comparison")]
        items = [RatedText(code(record), TASKS[record.kind], record) for record in both]
        path = write(tmp_path / "a.csv", HEADER + "7,0,1,2,2\n")
        with pytest.raises(RatingError, match=r"id '7' occurs in several tasks .*Add a column `task`"):
            read_ratings([path], items)
        header = HEADER.replace("item,", "item,task,")
        path = write(tmp_path / "b.csv", header + f"7,{TASKS['comparison']},0,1,2,2\n7,no_reference,0,1,2,2\n")
        assert [rating.item.record.kind for rating in read_ratings([path], items)] == ["comparison", "no_reference"]

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ("{0},0,1,2,3\n", "line 2: quality_accuracy of item {0} is '3'. Write 0, 1 or 2."),
            ("{0},0,1,2,\n", "line 2: quality_accuracy of item {0} is missing. Write 0, 1 or 2, or accept gaps"),
            ("{0},0,1,x,2\n", "line 2: consistency of item {0} is 'x'"),
            ("{0},0,1,1.5,2\n", "consistency of item {0} is '1.5'"),
            ("{0},0,1,-1,2\n", "consistency of item {0} is '-1'"),
            ("{0},0,1\n", "line 2: consistency of item {0} is missing"),
            ("MQ-nothing,0,1,2,2\n", "line 2: unknown item 'MQ-nothing'"),
            ("{0},0,1,2,2\n{0},0,1,2,2\n", "line 3: sheet has rated this item before ({path}, line 2). Delete one"),
            ("", "no rating in it. Fill in the columns completeness"),
        ],
    )
    def test_faults_name_file_line_and_cure(self, run: Run, tmp_path: Path, rows: str, message: str) -> None:
        items = rateable(run)
        path = write(tmp_path / "sheet.csv", HEADER + rows.format(items[0].code))
        with pytest.raises(RatingError) as caught:
            read_ratings([path], items)
        assert str(path) in str(caught.value)
        assert message.format(items[0].code, path=path) in str(caught.value)

    @pytest.mark.parametrize("header", ["", "a,b,c\n", "item,score\n", "completeness,preciseness\n"])
    def test_a_header_of_something_else(self, run: Run, tmp_path: Path, header: str) -> None:
        path = write(tmp_path / "x.csv", header)
        with pytest.raises(RatingError, match="line 1: the header needs a column `item` and at least one of compl"):
            read_ratings([path], rateable(run))

    def test_a_missing_file(self, run: Run, tmp_path: Path) -> None:
        with pytest.raises(RatingError, match=r"none\.csv: cannot be read \(No such file"):
            read_ratings([tmp_path / "none.csv"], rateable(run))

    def test_all_faults_are_found_at_once_and_the_first_ones_shown(self, run: Run, tmp_path: Path) -> None:
        path = write(tmp_path / "x.csv", HEADER + "".join(f"unknown{number},0,1,2,2\n" for number in range(40)))
        with pytest.raises(RatingError) as caught:
            read_ratings([path], rateable(run))
        assert len(caught.value.faults) == 40
        assert str(caught.value).endswith("... and 28 more.")

    def test_gaps_when_they_are_allowed(self, run: Run, tmp_path: Path) -> None:
        first, second = rateable(run)[:2]
        path = write(tmp_path / "x.csv", HEADER + f"{first.code},0,,2,\n{second.code},,,,\n")
        (rating,) = read_ratings([path], [first, second], allow_missing=True)
        assert dict(rating.scores) == {"completeness": 0, "consistency": 2}

    def test_one_rater_twice_in_two_files_is_a_fault(self, run: Run, tmp_path: Path) -> None:
        item = rateable(run)[0]
        text = HEADER.replace("item", "item,rater") + f"{item.code},ann,0,1,2,2\n"
        paths = [write(tmp_path / f"{name}.csv", text) for name in "ab"]
        with pytest.raises(RatingError, match=r"b\.csv, line 2: ann has rated this item before \(.*a\.csv, line 2\)"):
            read_ratings(paths, [item])

    def test_line_numbers_are_the_files_own(self) -> None:
        assert list(rows_of('a,b\n"x\ny",1\n\nz,2\n')) == [(1, ["a", "b"]), (2, ["x\ny", "1"]), (5, ["z", "2"])]
