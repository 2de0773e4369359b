"""Files written whole: a reader, a full disk or a kill meets the old content or the new, never half of it."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path


def write_whole(path: Path, content: str | bytes, made_from: Path | None = None) -> None:
    """Make the file, or replace it in one step. A new one gets the mode that the umask leaves, an old one keeps its.

    A link stays a link: the file behind it is replaced. What is no regular file (``/dev/stdout``, a pipe) cannot be
    replaced and is written to as it is.

    Args:
        path: the file; its folder must exist.
        content: bytes, or text for UTF-8. Half of a surrogate pair, which UTF-8 has not, becomes a visible escape.
        made_from: a file whose content is in this one: nobody may read the new file who may not read that one.

    Raises:
        OSError: it cannot be written. The error names ``path``; an old file is as it was, and nothing else is left.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        mode = path.stat().st_mode if path.exists() else None
        if mode is None or stat.S_ISREG(mode):
            _replace(Path(os.path.realpath(path)), data, mode, made_from)
        else:  # by its own name: the link /dev/fd/63 of a shell's >(...) leads to no path that exists
            path.write_bytes(data)
    except OSError as error:
        # The file that was asked for, not the one beside it; and of a rename's two names only that one.
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_new(path: Path, content: str) -> bool:
    """Make the file in one step unless there is one already: of two who try at once, both then read the same.

    Returns:
        Whether it was made here.

    Raises:
        OSError: it cannot be written.
    """
    beside = path.with_name(f".writing-{uuid.uuid4().hex}")
    try:
        beside.write_text(content, encoding="utf-8")
        try:
            os.link(beside, path)  # with its content, where "open, then fill" lets another one read an empty file
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            with path.open("x", encoding="utf-8") as file:
                file.write(content)
        return True
    except FileExistsError:
        return False
    finally:
        beside.unlink(missing_ok=True)


def _replace(target: Path, data: bytes, mode: int | None, made_from: Path | None) -> None:
    beside = target.with_name(f".writing-{uuid.uuid4().hex}")  # short, whatever the length of the target's name
    try:
        with beside.open("xb") as file:  # not tempfile, which makes every file unreadable for others
            if mode is not None:
                beside.chmod(stat.S_IMODE(mode))  # before the content is in it: a private file is private throughout
            if made_from is not None:
                beside.chmod(stat.S_IMODE(beside.stat().st_mode) & stat.S_IMODE(made_from.stat().st_mode))
            file.write(data)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
