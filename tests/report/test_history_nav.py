"""What the navigation says of sections of one name: what tells them apart and nothing else."""

from __future__ import annotations

from typing import Any

from medq_tasks.report.history_nav import apart


def task(judge: str = "", asked: str = "", hashes: str = "p s", **more: Any) -> dict[str, Any]:
    judged = {"judge": f"{judge} {hashes}", "judges": [f"{judge} · {asked}"]} if judge else {"judge": ""}
    return {"kind": "perception", "split": "test", "table": "0123456789abcdef", "version": "1.0", **judged, **more}


def test_a_name_of_its_own_says_no_judge_and_the_test_split_goes_without_saying() -> None:
    assert apart([], []) == []
    assert apart(["A", "B"], [task("gpt", "1.0"), task("qwen", "1.0")]) == ["", ""]
    assert apart(["A", "B"], [task("gpt", "1.0"), task("gpt", "1.0", split="dev")]) == ["", "dev"]


def test_sections_of_one_name_say_what_tells_them_apart_alone() -> None:
    names = ["A", "A", "A", "B"]
    judged = [task("gpt", "1.0"), task("gpt", "own.yaml"), task("qwen", "1.0"), task("gpt", "1.0")]
    assert apart(names, judged) == ["gpt · 1.0", "gpt · own.yaml", "qwen", ""]
    assert apart(["A", "A"], [task("gpt", "1.0"), task()]) == ["gpt", "no judge"]
    dev = [task("gpt", "1.0"), task("gpt", "1.0", split="dev")]
    assert apart(["A", "A"], dev) == ["", "dev"]
    tables = [task("gpt", "1.0"), task("gpt", "1.0", table="fedcba9876543210")]
    assert apart(["A", "A"], tables) == ["table 01234567", "table fedcba98"]
    assert apart(["A", "A"], [task("gpt", "1.0"), task("gpt", "1.0", "q s")]) == ["p / s", "q / s"]
    worded = [task(words=["b2"]), task(prompts="mine", words=["b3"])]
    assert apart(["A", "A"], worded) == ["default words", "words of mine"]
