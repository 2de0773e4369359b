"""Pages lead where they say, name files, commands, options and settings that exist, and leave none out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer

from medq_tasks import __version__
from medq_tasks.cli import app
from medq_tasks.cli.facts import settings as settings_told
from medq_tasks.settings import Settings
from tests.cases import check_all
from tests.documentation import pages
from tests.documentation.pages import PAGES, ROOT

# Names in code that look like files of the project and are none: of a run, of a user, of other projects.
FOREIGN = re.compile(
    r"^(tokenizer_config|medq_mini)\.json$|^(index|page|report|gate|words|axes|align|sheet)\.|^(lmms_eval|vlmeval|tasks)/|^cache\."
)
OWN_FOLDERS = ("medq_tasks", "tests", "docs", "examples", "tools", "benchmarks", "task_yamls", ".ci")
# Options in code that are of other programs.
OTHER_PROGRAMS = {
    "--batch_size", "--force_simple", "--gen_kwargs", "--include_path", "--include-path", "--limit", "--log_samples",
    "--model", "--model_args", "--num_fewshot", "--offset", "--output_path", "--predict_only", "--repeats",
    "--system_instruction", "--tasks", "--use_cache", "--verbosity", "--wandb_args", "--baseline", "--cache_requests",
    "--swanlab_args", "--wandb_log_samples",
}  # fmt: skip
LAUNCHERS = {"--nproc_per_node", "--num_processes", "--multi_gpu", "--cpu", "--quick", "--write", "--standalone",
             "--no-deps", "--require-hashes"}  # fmt: skip
VARIABLES_ELSEWHERE = {"MEDQ_BASELINE"}  # of the example workflow


def options(command: Any) -> set[str]:
    """Those of a command; ``--help`` is added only where it runs."""
    named = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return {*named, "--help"}


GROUP: Any = typer.main.get_command(app)
COMMANDS: dict[str, Any] = {**GROUP.commands, "data check": GROUP.commands["data"].commands["check"]}
ALL_OPTIONS = {option for command in (GROUP, *COMMANDS.values()) for option in options(command)}


def test_every_page_is_in_the_index() -> None:
    linked = {target.partition("#")[0] for _, target in pages.links(ROOT / "docs" / "README.md")}
    assert {page.name for page in PAGES if page.parent.name == "docs"} - {"README.md"} <= linked


def test_blocks_name_their_language() -> None:
    for page in PAGES:
        for block in pages.blocks(page):
            assert block.language in pages.LANGUAGES, f"{pages.name_of(page)}:{block.line}: ```{block.language}"


def test_what_is_to_be_typed_is_fenced() -> None:
    """A block by indentation would be seen by nobody here."""
    for page in PAGES:
        before = ""
        for number, line in pages.prose(page):
            indented = line.startswith("    ") and not before.strip()
            assert not indented, f"{pages.name_of(page)}:{number}: fence this block and name its language"
            before = line


def targets() -> Iterator[tuple[str, tuple[Path, str]]]:
    for page in PAGES:
        for place, target in pages.links(page):
            if not urlsplit(target).scheme:
                yield f"{place} {target}", (page, target)


def test_relative_links_lead_to_a_file_and_a_heading() -> None:
    def check(found: tuple[Path, str]) -> None:
        page, target = found
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), "no such file"
        if anchor:
            assert anchor in pages.anchors(there), f"no such heading; there is {sorted(pages.anchors(there))}"

    check_all(targets(), check)


def test_files_of_the_project_that_are_named_exist() -> None:
    def check(text: str) -> None:
        as_module = ROOT / (text.rpartition(".")[0] + ".py")  # `medq_tasks/metrics.METRICS`
        assert list(ROOT.glob(text)) or as_module.is_file(), "no such file"

    found = (
        (f"{place} {text}", text)
        for page in PAGES
        for place, text in pages.code(page)
        if re.fullmatch(r"[\w.]+(/[\w.*-]+)+/?", text) and text.split("/")[0] in OWN_FOLDERS
    )
    check_all(found, check)


def test_commands_in_lines_have_the_options_that_are_named() -> None:
    def check(text: str) -> None:
        words = shlex.split(text.replace("...", " "), comments=True)[1:]
        assert words, "no command"
        if words[0].startswith("-"):
            assert words[0] in options(GROUP), "no such option"
            return
        name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
        assert name in COMMANDS, f"no such command; there is {', '.join(COMMANDS)}"
        for word in words:
            if re.match(r"--?[a-z]", word):
                assert word.partition("=")[0] in options(COMMANDS[name]), f"{name} has no {word}"

    lines = (
        (f"{place} {text}", text)
        for page in PAGES
        for place, text in pages.code(page)
        if re.match(r"medq( |$)", text) and text != "medq"
    )
    check_all(lines, check)


def test_options_in_lines_are_of_a_command_here() -> None:
    def check(text: str) -> None:
        option = re.split(r"[ =]", text)[0]
        assert option in ALL_OPTIONS | OTHER_PROGRAMS | LAUNCHERS, "no command has it"

    found = (
        (f"{place} {text}", text) for page in PAGES for place, text in pages.code(page) if re.match(r"--[a-z]", text)
    )
    check_all(found, check)


class TestReadme:
    README = ROOT / "README.md"

    def rows(self) -> list[list[str]]:
        lines = [line for _, line in pages.prose(self.README) if line.startswith("| ")]
        return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]

    def test_it_has_every_setting_and_no_other(self) -> None:
        rows = [row[0].strip("`") for row in self.rows() if row[0].startswith("`MEDQ_")]
        assert sorted(rows) == sorted(settings_told(Settings.from_env({})))

    def test_the_defaults_of_settings_are_those_of_the_code(self) -> None:
        said = {row[0].strip("`"): row[1].strip("`") for row in self.rows() if row[0].startswith("`MEDQ_")}
        settings = Settings.from_env({})
        assert said["MEDQ_JUDGE_CONCURRENCY"] == str(settings.judge.concurrency)
        assert said["MEDQ_PROMPTS"] == settings.prompts
        assert (said["MEDQ_ASK_ANEW"], said["MEDQ_READER_COUNTS"]) == ("0", "0")
        assert (settings.ask_anew, settings.reader.counts) == (False, False)
        nothing = [settings.judge.model, settings.judge.extra_body, settings.reader.model, settings.judge.replies_of]
        assert not any(nothing)
        for name in ("JUDGE_MODEL", "JUDGE_EXTRA_BODY", "READER_MODEL", "JUDGE_REPLIES_OF", "JUDGE_MAX_TOKENS"):
            assert said[f"MEDQ_{name}"] == "none"

    def test_every_command_has_a_row(self) -> None:
        first = " ".join(row[0] for row in self.rows())
        for name in [name for name in COMMANDS if name != "data"]:
            assert re.search(rf"`medq {name}\b", first), f"medq {name} has no row"


def test_variables_that_are_named_are_settings() -> None:
    known = {*settings_told(Settings.from_env({})), *VARIABLES_ELSEWHERE}
    for page in PAGES:
        for name in set(re.findall(r"\bMEDQ_[A-Z][A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))):
            assert name in known, f"{pages.name_of(page)}: {name} is no setting"


def test_pages_speak_of_no_place_of_one_machine() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert not [word for word in ("/tmp/", "/work/", "/home/") if word in text], pages.name_of(page)


def test_the_pictures_of_readme_are_small() -> None:
    found = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    assert set(found) == {"report-light.png", "report-dark.png"}  # what `make picture` writes
    assert max(found.values()) <= 150_000


def test_one_version_stands_everywhere() -> None:
    made = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    released = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    tags = {
        tag for path in (ROOT / "examples").glob("*.yml") for tag in re.findall(r"medq-tasks@v(\S+)", path.read_text())
    }
    assert [*made, released[0], *tags] == [__version__] * 3
