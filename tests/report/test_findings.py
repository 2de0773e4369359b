"""What a page says first: the sentences, what they lead to, and how many are in sight."""

from __future__ import annotations

from pathlib import Path

from medq_tasks.records import JudgeStamp, Record
from medq_tasks.report.findings import Findings, findings
from medq_tasks.report.leaderboard import leaderboards
from medq_tasks.runs.load import load_runs
from medq_tasks.runs.summary import summarise
from tests.runs import factory

TEXTS = "medq_reasoning_no_reference"


def said(folder: Path, *runs: dict[str, list[Record]]) -> list[Findings]:
    for place, tasks in enumerate(runs):
        factory.write_run(folder, tasks, model_args=f"pretrained=o/m{place}", stamp=f"2026112{place}_120000")
    loaded = load_runs([folder])
    return findings(loaded, leaderboards(summarise(loaded), loaded))


def test_a_pair_leads_to_the_items_on_which_its_runs_part(tmp_path: Path) -> None:
    # m0 is right on 5 of 20, m1 on 15 of 20; 10 to 14 are right in both, 0 to 9 in m1 alone
    low = [factory.perception(n, right=10 <= n < 15) for n in range(20)]
    high = [factory.perception(n, right=n < 15) for n in range(20)]
    (board,) = said(tmp_path, {"medq_perception": low}, {"medq_perception": high})
    (found,) = board.shown
    assert found.mark == "differs"
    assert found.text.startswith("m1 beats m0 by 50.0 points")
    assert (found.link_text, found.link) == ("10 items differ", "#samples?task=medq_perception&run=1&differ=0-1")


def test_without_a_judge_the_verdicts_are_compared_and_linked(tmp_path: Path) -> None:
    low = [factory.reasoning(n, scores=None, verdict_right=False) for n in range(3)]
    high = [factory.reasoning(n, scores=None) for n in range(3)]
    (board,) = said(tmp_path, {TEXTS: low}, {TEXTS: high})
    (found,) = board.shown
    assert found.mark == "open"  # 3 of 3 against 0 of 3: p = 1/4
    assert (found.link_text, found.link) == ("3 items differ", f"#samples?task={TEXTS}&run=1&differ=0-1v")


def test_what_cannot_be_compared_has_no_link(tmp_path: Path) -> None:
    other = JudgeStamp("gpt-5", "medq-tasks 1.0", "aaaa0000bbbb1111", "cccc2222dddd3333")
    runs = [[factory.reasoning(n, stamp=stamp) for n in range(3)] for stamp in (factory.STAMP, other)]
    (board,) = said(tmp_path, *({TEXTS: list(records)} for records in runs))
    (found,) = board.shown
    assert (found.mark, found.link) == ("not comparable", "")
    assert "judge model (gpt-4o against gpt-5)" in found.text


def test_equal_runs_have_no_items_that_differ(tmp_path: Path) -> None:
    records = [factory.perception(n, right=n % 2 == 0) for n in range(6)]
    (board,) = said(tmp_path, {"medq_perception": list(records)}, {"medq_perception": list(records)})
    (found,) = board.shown
    assert (found.mark, found.link) == ("open", "")
    assert "0.0 points" in found.text


def test_a_run_alone_is_told_with_its_interval_and_what_chance_gives(tmp_path: Path) -> None:
    slices = factory.Slices(question_type="yes_or_no")
    tasks: dict[str, list[Record]] = {
        "medq_perception": [factory.perception(n, right=n < 3, slices=slices) for n in range(4)],
        TEXTS: [factory.reasoning(n, scores=(1, 1, 1, 2)) for n in range(2)],
    }
    perception, texts = said(tmp_path, tasks)
    # Wilson's limits of 3 of 4 are 30.1 and 95.4; two options each
    assert perception.shown[0].text == (
        "m0: accuracy 75.00 % (30.1 to 95.4) on 4 items. Beside it: random choice 50.00 %."
    )
    assert perception.shown[0].link == "#samples?task=medq_perception&run=0&outcome=wrong"
    assert texts.shown[0].text.startswith("m0: overall 5.000 of 8")
    assert texts.shown[0].link == f"#samples?task={TEXTS}&run=0&sort=lowest"


def test_of_many_runs_the_best_is_told_against_the_others_and_some_are_folded(tmp_path: Path) -> None:
    runs = [{"medq_perception": [factory.perception(n, right=n < 4 + k) for n in range(14)]} for k in range(9)]
    (board,) = said(tmp_path, *runs)  # type: ignore[arg-type]
    assert (len(board.shown), len(board.folded)) == (6, 2)  # m8 against eight others
    assert all("m8 " in one.text for one in (*board.shown, *board.folded))


def test_pairs_that_one_reason_parts_are_one_sentence_below_the_results(tmp_path: Path) -> None:
    other = JudgeStamp("gpt-5", "medq-tasks 1.0", "aaaa0000bbbb1111", "cccc2222dddd3333")
    stamps = (factory.STAMP, other, factory.STAMP)  # m0 and m2 compare; m1 with neither
    runs = [[factory.reasoning(n, stamp=stamp) for n in range(3)] for stamp in stamps]
    (board,) = said(tmp_path, *({TEXTS: list(records)} for records in runs))
    result, refused = board.shown
    assert result.mark == "open"
    assert (refused.mark, refused.pairs, refused.link) == ("not comparable", 2, "")
    assert refused.text == (
        "2 pairs cannot be compared, as they differ in judge model (gpt-4o against gpt-5): m0 and m1; m2 and m1."
    )


def test_a_run_alone_says_of_how_much_and_by_whom(tmp_path: Path) -> None:
    factory.write_run(tmp_path, {TEXTS: [factory.reasoning(n) for n in range(3)]}, original={TEXTS: 9})
    loaded = load_runs([tmp_path])
    (board,) = findings(loaded, leaderboards(summarise(loaded), loaded))
    (found,) = board.shown
    assert found.text.startswith("Qwen2-VL-7B-Instruct: overall 5.000 of 8")  # 1 + 1 + 2 + 1
    assert found.text.endswith("on 3 of 9 items, judged by gpt-4o.")


def test_a_panel_is_called_one(tmp_path: Path) -> None:
    panel = JudgeStamp("panel of 2: gpt-4o, gpt-5", "medq-tasks 1.0", "aaaa0000bbbb1111", "cccc2222dddd3333")
    records = [factory.reasoning(n, stamp=panel) for n in range(3)]
    (board,) = said(tmp_path, {TEXTS: list(records)})
    assert board.shown[0].text.endswith("on 3 items, judged by a panel of 2 (gpt-4o, gpt-5).")


def test_a_run_alone_without_a_judge_leads_to_its_wrong_verdicts(tmp_path: Path) -> None:
    records = [factory.reasoning(n, scores=None, verdict_right=n > 0) for n in range(4)]
    (board,) = said(tmp_path, {TEXTS: list(records)})
    (found,) = board.shown
    assert found.text.startswith("m0: verdict accuracy 75.00 %")
    assert (found.link_text, found.link) == ("wrong verdicts", f"#samples?task={TEXTS}&run=0&outcome=wrong")
