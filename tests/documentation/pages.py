"""What the pages of the documentation hold: their commands, the code in their lines, their links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "task_yamls" / "README.md"]
_GOES_ON = "\\"
COMMANDS, TRANSCRIPT = "sh", "console"  # a block of commands; commands after "$ ", each followed by what it prints
LANGUAGES = {COMMANDS, TRANSCRIPT, "text", "yaml", "json", "python", "csv"}


@dataclass(frozen=True)
class Block:
    """A fenced block; ``line`` is the number of its first line."""

    page: Path
    line: int
    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """One command of a page; ``printed`` is what the page says that it prints, None where it says nothing."""

    page: Path
    line: int
    text: str
    printed: str | None = None

    @property
    def place(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    opened: tuple[int, str] | None = None
    held: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            held.append(line)
        elif opened is None:
            opened, held = (number + 1, line[3:].strip()), []
        else:
            yield Block(page, *opened, tuple(held))
            opened = None
    assert opened is None, f"{name_of(page)}:{opened}: the block does not end"


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block, continued lines joined."""
    if block.language == TRANSCRIPT:
        yield from _transcript(block)
    elif block.language == COMMANDS:
        text, start = "", 0
        for number, line in enumerate(block.lines, block.line):
            text, start = f"{text} {line.rstrip(_GOES_ON).strip()}".strip(), start or number
            if not line.endswith("\\"):
                if text and not text.startswith("#"):
                    yield Command(block.page, start, text)
                text, start = "", 0


def _transcript(block: Block) -> Iterator[Command]:
    starts = [place for place, line in enumerate(block.lines) if line.startswith("$ ")]
    assert starts[:1] == [0], f"{name_of(block.page)}:{block.line}: a transcript begins with a command after '$ '"
    for place, end in zip(starts, [*starts[1:], len(block.lines)], strict=True):
        printed = "\n".join(block.lines[place + 1 : end])
        yield Command(block.page, block.line + place, block.lines[place][2:], printed)


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines outside blocks, with their numbers."""
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def code(page: Path) -> Iterator[tuple[str, str]]:
    """The code within the lines: (place, text), a bar that a table needs escaped as it is meant."""
    for number, line in prose(page):
        for found in re.findall(r"(?<!`)`([^`]+)`(?!`)", line):
            yield f"{name_of(page)}:{number}", found.replace("\\|", "|")


def links(page: Path) -> Iterator[tuple[str, str]]:
    """(place, target) of every link and picture."""
    for number, line in prose(page):
        plain = re.sub(r"`[^`]*`", "", line)
        for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", plain):
            yield f"{name_of(page)}:{number}", "".join(target)


def anchors(page: Path) -> set[str]:
    """What a link to a heading of the page may say, as GitHub makes it."""
    heads = [line.lstrip("#").strip() for _, line in prose(page) if re.match(r"#+ ", line)]
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
