"""The page as a text: nothing foreign is markup, the policy fits its style and script, pictures within their budget."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from medq_tasks.errors import MedqError
from medq_tasks.records import JudgeStamp, Record, Statement
from medq_tasks.report.embed import json_block, sample_data
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.report.page import write_page
from medq_tasks.report.picture_mode import PictureMode
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.run import Run
from medq_tasks.runs.summary import summarise
from tests.runs import factory


class Page(HTMLParser):
    """What a browser would make of the text: elements with attributes, and the content of styles and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.blocks: list[tuple[str, dict[str, str], str]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        if tag in ("style", "script"):
            self.blocks.append((tag, found, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and self.blocks:
            tag, attributes, text = self.blocks[-1]
            self.blocks[-1] = (tag, attributes, text + data)
        else:
            self.texts.append(data)


def build(folder: Path, tasks: dict[str, list[Record]], **options: object) -> tuple[Page, Path]:
    factory.write_run(folder / "run", tasks, model_args="pretrained=" + factory.HOSTILE[2].replace("/", ""))
    runs = load_runs([folder / "run"])
    found = summarise(runs)
    output = write_page(folder / "out" / "report.html", runs, found, leaderboards(found), **options)  # type: ignore[arg-type]
    return Page(output.read_text(encoding="utf-8")), output


@pytest.fixture
def hostile(tmp_path: Path) -> Page:
    tasks: dict[str, list[Record]] = {
        "medq_perception_dev": factory.hostile(factory.perception_records(21)),
        "medq_reasoning_comparison_dev": factory.hostile([factory.reasoning(n, "comparison") for n in range(21)]),
    }
    return build(tmp_path, tasks)[0]


def test_foreign_text_makes_no_element_and_no_handler(hostile: Page) -> None:
    kinds = [(tag, attributes.get("type", "")) for tag, attributes, _ in hostile.blocks]
    assert kinds == [("style", ""), ("script", "application/json"), ("script", "")]
    names = {name for _, attributes in hostile.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert {tag for tag, _ in hostile.elements} & {"iframe", "object", "embed", "base", "form"} == {"form"}
    links = {attributes["href"] for _, attributes in hostile.elements if "href" in attributes}
    assert all(
        link.startswith(("#", "https://arxiv.org/", "https://github.com/liujiyaoFDU/", "data:,")) for link in links
    )
    assert not any(attributes.get("src") for _, attributes in hostile.elements)
    assert any("<script>window.pwned = 1</script>" in text for text in hostile.texts)  # shown as text: a slice's name


def test_the_policy_allows_just_the_style_and_the_script(hostile: Page) -> None:
    (policy,) = (a["content"] for tag, a in hostile.elements if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    content = {tag: text for tag, attributes, text in hostile.blocks if not attributes}
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(content[tag].encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert (rules["default-src"], rules["img-src"]) == ("'none'", "data:")


def test_embedded_records_come_back_as_they_were(hostile: Page) -> None:
    data = json.loads(next(text for _, attributes, text in hostile.blocks if attributes.get("id") == "data"))
    assert {answer["y"] for answer in data["answers"]} == set(factory.HOSTILE)
    assert data["items"][0]["q"] in factory.HOSTILE


@pytest.mark.parametrize("text", [*factory.HOSTILE, "\ud83d", "</SCRIPT ", "<!--<script", "&lt;", "\u2028", "\x00"])
def test_a_json_block_cannot_end_its_element(text: str) -> None:
    block = str(json_block({"text": text}))
    assert not re.search(r"[<>&\u2028\u2029\x00]", block)
    assert block.isascii()
    assert json.loads(block) == {"text": text}


def test_half_an_emoji_does_not_stop_the_report(tmp_path: Path) -> None:
    record = factory.perception(0, right=True, reply="\ud83d", slices=factory.perception_slices(0))
    samples = factory.write_run(tmp_path / "run", {"medq_perception_dev": [factory.perception(0, right=True)]})
    line = json.dumps(factory.sample_line(0, record))  # as the harness of another tool may write it: escaped
    next(samples.rglob("*.jsonl")).write_text(line + "\n")
    runs = load_runs([tmp_path / "run"])
    found = summarise(runs)
    output = write_page(tmp_path / "report.html", runs, found, leaderboards(found), title="half \ud83d emoji")
    assert "half" in output.read_text(encoding="utf-8")


def test_items_are_stored_once_for_all_runs() -> None:
    runs = [Run("m", f"pretrained=x{n}", "", None, {"t": _task()}) for n in range(3)]
    data = sample_data(runs, {})
    assert (len(data["items"]), len(data["answers"])) == (5, 15)


def test_the_place_that_decided_is_counted_as_a_browser_counts() -> None:
    # A browser's texts are UTF-16: the smiley before the words is two there and one in Python.
    told = {"reply": "\U0001f600 The answer is B.", "statement": Statement(2, 17, "announced")}
    (record,) = [replace(one, **told) for one in factory.perception_records(1)]
    second = replace(record, statement=None, read_by="m", second="none")
    runs = [
        Run("m", f"n{n}", "", None, {"t": replace(_task(), records=(one,))}) for n, one in enumerate((record, second))
    ]
    first, other = sample_data(runs, {})["answers"]
    assert first["m"] == [3, 18, "announced"]
    assert first["y"].encode("utf-16-le")[6:36].decode("utf-16-le") == "The answer is B"
    assert other["second"] == "m: none"
    assert "m" not in other


def _task() -> Any:
    from medq_tasks.runs.run import TaskRun

    return TaskRun("t", "perception", "mini", "1", tuple(factory.perception_records(5)))


def test_an_unwritable_place_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MedqError, match="the report cannot be written"):
        write_page(tmp_path / "file" / "report.html", [], [], [])


class Tables(HTMLParser):
    """The rows of all tables of a page: each a list of the texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._in = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._in = True

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th", "svg")

    def handle_data(self, data: str) -> None:
        if self._in and self.rows:
            self.rows[-1][-1] += data.strip() + " "


def tables(text: str) -> list[list[str]]:
    text = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    return [[" ".join(cell.split()) for cell in row] for row in Tables(text).rows]


def test_every_number_of_a_board_and_of_slices_stands_under_its_head(tmp_path: Path) -> None:
    # 40 of 60 and 60 of 60 right, two questions a picture; four replies without an answer in the first.
    for place, right in enumerate((40, 60)):
        records = [
            factory.perception(n, right=n < right, state="" if n < 56 or place else "unanswered") for n in range(60)
        ]
        name = {"medq_perception": factory.sharing(records, 2)}
        factory.write_run(tmp_path, name, model_args=f"pretrained=o/model-{place}")  # type: ignore[arg-type]
    runs = load_runs([tmp_path])
    found = summarise(runs)
    output = write_page(tmp_path / "out.html", runs, found, leaderboards(found, runs), pictures=PictureMode.NONE)
    rows = tables(output.read_text(encoding="utf-8"))
    top = next(place for place, row in enumerate(rows) if row[:1] == ["Model"])
    head = rows[top]
    listed = [row for row in rows[top:] if row[:1] and row[0].startswith("model-")]
    board = {row[0]: dict(zip(head, row, strict=True)) for row in listed[:2]}
    first, second = board["model-0"], board["model-1"]
    assert (first["Rank"], second["Rank"]) == ("2", "1")
    assert (first["Items"], first["Pictures"], first["Failed"], first["Unanswered"]) == ("60", "30", "0", "4")
    assert second["Accuracy"].startswith("100.00")
    slices = next(place for place, row in enumerate(rows) if row[:1] == ["Value"])
    head, row = rows[slices], rows[slices + 1]
    shown = dict(zip(head, row, strict=True))
    assert (shown["Run"], shown["Items"], shown["Pict."]) == ("model-0", "20", "20")


def test_the_judge_stands_wherever_a_judged_number_does(tmp_path: Path) -> None:
    for model, judge in (("a", "gpt-4o"), ("b", "gpt-5")):
        stamp = JudgeStamp(judge, "my prompts", "aaaa0000bbbb1111", "cccc2222dddd3333")
        records = [factory.reasoning(n, stamp=stamp) for n in range(6)]
        factory.write_run(tmp_path, {"medq_reasoning_no_reference": records}, model_args=f"pretrained=o/{model}")
    runs = load_runs([tmp_path])
    found = summarise(runs)
    output = write_page(tmp_path / "out.html", runs, found, leaderboards(found, runs), pictures=PictureMode.NONE)
    rows = tables(output.read_text(encoding="utf-8"))
    heads = [place for place, row in enumerate(rows) if "Judge" in row]
    assert len(heads) == 1 + 1 + 3  # the runs, the leaderboard, and the slices modality, severity and image source
    for place in heads:
        column = rows[place].index("Judge")
        told = {cell for row in rows[place + 1 : place + 3] for cell in row[max(0, column - 2) : column + 1]}
        assert {"gpt-4o", "gpt-5"} <= {cell.split(" · ")[0] for cell in told}


def test_pictures_in_slices_are_those_of_their_items(tmp_path: Path) -> None:
    page, output = build(tmp_path, {"medq_perception": factory.sharing(factory.perception_records(60), 15)})  # type: ignore[dict-item]
    rows = tables(output.read_text(encoding="utf-8"))
    types = next(place for place, row in enumerate(rows) if row[:1] == ["Value"])
    assert [row[-3] for row in rows[types + 1 : types + 4]] == ["4", "4", "4"]
    assert page.texts
