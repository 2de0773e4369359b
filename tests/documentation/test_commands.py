"""Every command of the pages is run, block by block, each page in a folder of its own.

What cannot be run as it stands is in ``adapted``: with other data, weights, servers or keys, or not at all, with the
reason. A command that is new to a page either runs as it is written, or needs an entry there.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.streams import Said, runner
from tests.documentation import adapted, pages, world
from tests.documentation.pages import PAGES, ROOT, Command
from tests.end_to_end import forked
from tests.end_to_end.commands import environment
from tests.judge.batch_server import BatchServer, completion
from tests.judge.server import FakeServer

WITH_COMMANDS = [page for page in PAGES if any(block.language == pages.COMMANDS for block in pages.blocks(page))]
WITH_TRANSCRIPTS = [page for page in PAGES if any(block.language == pages.TRANSCRIPT for block in pages.blocks(page))]
SHELL_SIGNS = re.compile(r"[|;<>*{]|\$\(")  # outside quotes: a shell's work
ASSIGNED = re.compile(r"[A-Z_]+=")


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, object]]:
    judge = FakeServer("Score: 2", models=("gpt-5", "claude-x", "gemini-y"))
    reply = completion("Score: 2")
    with judge, FakeServer("A") as model, BatchServer(lambda number, line: reply) as batch:
        yield {"judge": judge, "model": model, "batch": batch}


@dataclass
class Shell:
    """A folder, its variables, and what runs commands in it."""

    folder: Path
    filled: Mapping[str, str]  # {judge}, {model}, ... -> what stands for them
    monkeypatch: pytest.MonkeyPatch
    env: dict[str, str] = field(default_factory=dict)

    def run(self, text: str) -> Said | None:
        """What a command left behind; None where it only sets variables."""
        line = self._with(text)
        words = shlex.split(line, comments=True)
        if words[0] == "export":
            self.env.update(word.split("=", 1) for word in words[1:])  # type: ignore[misc]
            return None
        own = [dict(named) for part, named in adapted.VARIABLES.items() if part in text]
        more = {name: self._filled(said) for named in own for name, said in named.items()}
        while ASSIGNED.match(words[0]):
            name, _, said = words.pop(0).partition("=")
            more[name] = said
        env = {**self.env, **more}
        if words[0] == "lmms-eval":
            done = forked.start(self.folder, *words[1:], env=env, cwd=self.folder).wait()
            return Said(done.returncode, done.stdout, done.stderr)
        if words[0] == "medq" and not SHELL_SIGNS.search(re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", line)):
            return self._medq(words[1:], env)
        return self._bash(line, env)

    def _with(self, text: str) -> str:
        for old, new in adapted.REPLACED:
            text = text.replace(old, new)
        for part, more in adapted.ADDED.items():
            text = text.replace(" --output_path", f" {more} --output_path") if part in text else text
        return self._filled(text)

    def _filled(self, text: str) -> str:
        for name, value in self.filled.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _medq(self, words: list[str], env: Mapping[str, str]) -> Said:
        self.monkeypatch.chdir(self.folder)
        for name, said in env.items():
            self.monkeypatch.setenv(name, said)
        return runner(self.monkeypatch)(*words)  # undoes what is patched

    def _bash(self, line: str, env: Mapping[str, str]) -> Said:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=self.folder,
            env={**environment(env), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def shell(request, tmp_path, servers, shared_cache, tiny_qwen2_vl, monkeypatch) -> Shell:
    name = pages.name_of(request.param)
    folder = world.fill(tmp_path / "here", adapted.RUNS.get(name, ()))
    addresses = {name: server.base_url for name, server in servers.items()}
    filled = {**addresses, "tiny": str(tiny_qwen2_vl), "data": str(folder / "data")}
    env = {
        "MEDQ_CACHE_DIR": str(shared_cache),
        "MEDQ_DATA_DIR": str(folder / "data"),
        "MEDQ_JUDGE_BASE_URL": addresses["judge"],
        "MEDQ_JUDGE_MODEL": "gpt-5",
        "MEDQ_JUDGE_API_KEY": "none",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return Shell(folder, filled, monkeypatch, env)


def not_here(command: Command) -> str:
    """The beginning of a command that is not run here; "" of one that is."""
    return next((start for start in adapted.NOT_HERE if command.text.startswith(start)), "")


@pytest.mark.parametrize("shell", WITH_COMMANDS, ids=pages.name_of, indirect=True)
def test_the_commands_of_a_page_run(shell: Shell, request: pytest.FixtureRequest) -> None:
    page = ROOT / request.node.callspec.id
    for text in adapted.BEFORE.get(pages.name_of(page), ()):
        said = shell.run(text)
        assert said is None or said.code == 0, said
    at_first = dict(shell.env)
    for block in pages.blocks(page):
        shell.env = dict(at_first)  # a block is pasted into a shell of its own
        for command in pages.commands(block):
            if block.language != pages.COMMANDS or not_here(command):
                continue
            if " --collect " in command.text:
                world.answer_batch(shell.folder)
            said = shell.run(command.text)
            if said is not None:
                assert said.code == 0, f"{command.place} {command.text}\n{said.code}\n{said.out}\n{said.err}"


@pytest.mark.parametrize("shell", WITH_TRANSCRIPTS, ids=pages.name_of, indirect=True)
def test_transcripts_are_what_is_printed(shell: Shell, request: pytest.FixtureRequest) -> None:
    for block in pages.blocks(ROOT / request.node.callspec.id):
        for command in pages.commands(block) if block.language == pages.TRANSCRIPT else ():
            said = shell.run(command.text)
            assert said is not None
            assert said.out.rstrip() == (command.printed or "").rstrip(), command.place


def test_what_is_not_run_here_is_proved_elsewhere() -> None:
    for start, (why, where) in adapted.NOT_HERE.items():
        assert why
        assert (ROOT / where).is_file(), where
        used = [
            c for page in PAGES for block in pages.blocks(page) for c in pages.commands(block) if not_here(c) == start
        ]
        assert used, f"no page says {start!r}: take the entry out"


def test_targets_and_variables_of_make_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    in_blocks = [c.text for page in PAGES for block in pages.blocks(page) for c in pages.commands(block)]
    in_lines = [text for page in PAGES for _, text in pages.code(page)]
    calls = {shlex.split(text, comments=True)[1:][0]: text for text in in_blocks if text.startswith("make ")}
    calls |= {text.split()[1]: text for text in in_lines if text.startswith("make ")}
    assert calls
    for text in calls.values():
        for word in shlex.split(text, comments=True)[1:]:
            name, sign, _ = word.partition("=")
            said = rf"^{name}\s*\?=|\$\({name}\)" if sign else rf"^([a-z-]+ )*{name}( [a-z-]+)*:"
            assert re.search(said, makefile, re.MULTILINE), f"{text}: the Makefile has no {name}"


class TestReadme:
    """The commands in the tables of README, and what its blocks must not do."""

    @pytest.mark.parametrize("shell", [ROOT / "README.md"], ids=["README.md"], indirect=True)
    def test_the_commands_of_its_tables_run(self, shell: Shell) -> None:
        rows = [line for _, line in pages.prose(ROOT / "README.md") if re.match(r"\| `medq ", line)]
        assert len(rows) >= 12
        files = {
            "FILE...": "Qwen2-VL-7B_MedqbenchMCQ_test.xlsx",
            "-o RUN": "-o IMPORTED",
            "RUN...": "RUN",
            "NAME": "openai",
        }
        for row in rows:
            text = row.split("`")[1]
            for old, new in files.items():
                text = text.replace(old, new)
            if not_here(Command(ROOT / "README.md", 0, text)):
                continue
            said = shell.run(text)
            assert said is not None
            assert said.code == 0, f"{text}\n{said.code}\n{said.out}\n{said.err}"

    @pytest.mark.parametrize("shell", [ROOT / "README.md"], ids=["README.md"], indirect=True)
    def test_the_models_key_does_not_reach_the_judge(self, shell: Shell, servers) -> None:
        """Pasted whole, the block of an API model sends each server its own key."""
        (block,) = [one for one in pages.blocks(ROOT / "README.md") if any("sk-" in line for line in one.lines)]
        shell.env["MEDQ_CACHE_DIR"] = str(shell.folder / "cache")  # nothing is kept there yet
        before = len(servers["judge"].asks)
        for command in pages.commands(block):
            said = shell.run(command.text)
            assert said is None or said.code == 0, said
        judged = servers["judge"].asks[before:]
        assert len(judged) == 4 * 5  # axes of the five reasoning items
        assert {ask.headers.get("authorization") for ask in judged} == {"Bearer none"}
        assert {ask.headers.get("authorization") for ask in servers["model"].asks} >= {"Bearer sk-..."}
