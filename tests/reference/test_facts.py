"""docs/reference.md is what happens: its table against a replay of what the reference implementation did."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from medq_tasks import metrics, prompts
from medq_tasks.data.doc import options_of
from medq_tasks.judge.reference_prompts import read_reference_prompts
from medq_tasks.records import AXES, TEXT_KINDS
from tests import makers
from tests.reference import cases, replay
from tests.reference.replay import FACTS, digest

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
CHECKOUT = os.environ.get("VLMEVALKIT_CHECKOUT", "")
ROW = re.compile(r"^\| (?P<name>[^|]+?) \| (?P<n>\d+) \| (?P<equal>\d+) \|", re.MULTILINE)


def test_the_page_s_table_is_what_a_replay_gives(tmp_path: Path) -> None:
    said = {row["name"]: (int(row["n"]), int(row["equal"])) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    found = replay.everything(tmp_path)
    assert said == found
    assert f"{sum(n for n, _ in found.values()):,} cases" in PAGE.read_text(encoding="utf-8")


def test_what_is_the_same_by_the_protocol_is_the_same_in_every_case(tmp_path: Path) -> None:
    found = replay.everything(tmp_path)
    plain = r"plain|odd|as a place|lower|blanks|empty|^key|letter first|outright|alone in brackets|as asked|bare"
    same = [name for name in found if re.search(plain, name)]
    assert [name for name in same if found[name][0] != found[name][1]] == []
    assert sum(found[name][1] for name in same) > 2_000


def test_means_over_scored_items_are_the_reference_s() -> None:
    found = metrics.reasoning_metrics([makers.reasoning(scores) for scores in cases.SCORES])
    assert {axis: found[axis] for axis in AXES} == pytest.approx(FACTS["aggregates"])


def test_an_axis_that_no_item_has_is_absent_here_and_not_zero() -> None:
    assert "completeness" not in metrics.reasoning_metrics([makers.reasoning((None, 1, 1, 1))])


@pytest.mark.skipif(not CHECKOUT, reason="needs the words: VLMEVALKIT_CHECKOUT names a VLMEvalKit checkout")
class TestWithTheWords:
    def test_whole_prompts(self, tmp_path: Path) -> None:
        own, reworded = (prompts.load(CHECKOUT + name).of("perception") for name in ("", "#qwen2_vl"))
        rows = cases.rows()
        docs = replay.table_of(rows, tmp_path / "t")
        odd = ("a model's own mark", "an option None, NA or N/A", "a fifth option")
        for row, doc, said in zip(rows, docs, FACTS["perception"]["rows"], strict=True):
            asked = (doc["question"], options_of(doc))
            assert (digest(own.ask(*asked)) == said["whole"]) == (row.kind not in odd), row
            # The rewording keeps the blanks around options too, and knows letters to Z.
            same = row.kind not in ("a model's own mark", "an option None, NA or N/A", "blanks")
            assert (digest(reworded.ask(*asked)) == said["reworded"]) == same, row

    def test_instructions(self) -> None:
        found = {kind: digest(prompts.load(CHECKOUT).of(kind).ask("")) for kind in TEXT_KINDS}
        assert found == FACTS["instructions"]

    def test_the_judge_s_prompts_are_there(self) -> None:
        assert all(set(found) == set(AXES) for found in read_reference_prompts(Path(CHECKOUT)).values())
