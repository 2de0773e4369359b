"""A gate's verdict as terminal lines, JUnit XML, a Markdown step summary and JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from medq_tasks.decide.gate_rules import FAIL, PASS, UNUSABLE, Check, Verdict
from medq_tasks.store.files import write_whole
from medq_tasks.wording.escape import lines, markdown, markdown_table, plain

WORDS = {PASS: "pass", FAIL: "fail", UNUSABLE: "unusable run"}
SUITE = "medq gate"


def to_text(verdict: Verdict) -> str:
    """One line per check and refusal, the outcome last."""
    told = [f"{_outcome(check, verdict)} {check.name}: {check.found}, {check.rule}" for check in verdict.checks]
    # A refusal may have several lines (one per difference): each is made plain by itself.
    told += [f"UNUSABLE {line}" for reason in verdict.refusals for line in reason.splitlines()]
    told += [f"note {note}" for note in verdict.notes]
    told += [f"baseline: {verdict.baseline}"] if verdict.baseline else []
    told.append(f"{_run(verdict)}: {WORDS[verdict.exit_code]}")
    return "\n".join(plain(line) for line in told)


def _run(verdict: Verdict) -> str:
    return f"{verdict.run}, made {verdict.made}" if verdict.made else verdict.run


def to_json(verdict: Verdict) -> dict[str, Any]:
    """Everything, as plain values."""
    return {**asdict(verdict), "outcome": WORDS[verdict.exit_code], "exit_code": verdict.exit_code}


def to_markdown(verdict: Verdict) -> str:
    """For a CI step summary."""
    parts = [f"### medq gate: {WORDS[verdict.exit_code]}\n", f"{markdown(_run(verdict))}\n"]
    parts += [f"Baseline: {markdown(verdict.baseline)}\n"] if verdict.baseline else []
    parts += [f"- {markdown(reason)}" for reason in (*verdict.refusals, *verdict.notes)]
    if verdict.checks:
        rows = [
            [markdown(cell) for cell in (_outcome(check, verdict), check.name, check.rule, check.found)]
            for check in verdict.checks
        ]
        parts.append("\n" + markdown_table(["", "measure", "rule", "found"], rows))
    return "\n".join(parts) + "\n"


def to_junit(verdict: Verdict) -> str:
    """JUnit XML: a check is a test case, a refusal is a case with an error; nothing passes in an unusable run."""
    cases = [_case(check.name, check.rule) for check in verdict.checks]
    for case, check in zip(cases, verdict.checks, strict=True):
        if verdict.refusals:
            _say(case, "skipped", "the run cannot be used")
        elif not check.passed:
            _say(case, "failure", check.found, f"{check.name}: {check.found}, {check.rule}", "threshold")
    for number, reason in enumerate(verdict.refusals, 1):
        cases.append(_case(f"usable run ({number})"))
        _say(cases[-1], "error", reason.splitlines()[0], reason, "unusable")
    if not cases:
        cases.append(_case("usable run"))
    counts = {
        "tests": str(len(cases)),
        "failures": _count(cases, "failure"),
        "errors": _count(cases, "error"),
        "skipped": _count(cases, "skipped"),
        "time": "0",
    }
    suite = ElementTree.Element("testsuite", {"name": SUITE, **counts})
    suite.extend(cases)
    top = {key: value for key, value in counts.items() if key != "skipped"}  # not an attribute of testsuites
    root = ElementTree.Element("testsuites", {"name": SUITE, **top})
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def write_junit(path: Path, verdict: Verdict) -> None:
    """Write the JUnit XML, its folder as well.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, to_junit(verdict))


def add_to_summary(path: Path, verdict: Verdict) -> None:
    """Add the Markdown to a CI step's summary, which other commands of the step write to as well.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("a", encoding="utf-8") as file:
        file.write(to_markdown(verdict))


def _outcome(check: Check, verdict: Verdict) -> str:
    """Figures of an unusable run are shown, but decide nothing."""
    return "undecided" if verdict.refusals else "pass" if check.passed else "FAIL"


def _case(name: str, rule: str = "") -> ElementTree.Element:
    title = f"{name}, {rule}" if rule else name
    return ElementTree.Element("testcase", {"classname": "medq.gate", "name": lines(title), "time": "0"})


def _say(case: ElementTree.Element, tag: str, message: str, text: str = "", kind: str = "") -> None:
    child = ElementTree.SubElement(case, tag, {"message": lines(message), **({"type": kind} if kind else {})})
    child.text = lines(text) or None


def _count(cases: list[ElementTree.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))
