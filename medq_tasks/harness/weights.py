"""Which weights a model's arguments name, as far as that can be seen from here.

lmms-eval's response store knows a model by the text of ``--model_args``: other weights put into the same folder would
be answered with the replies of the old ones. What is in a local folder (or file), and which commit of a hub model the
machine holds, can be seen, and becomes part of our keys. What stands behind a server cannot.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# Parts of the names of arguments that name weights; others (cache_dir, output_path) may name any folder of the machine.
_NAMING = ("pretrained", "model", "peft", "lora", "adapter", "checkpoint", "ckpt", "weight", "tokenizer", "processor")
# Parts of the names of backends whose weights lie behind a server: a hub model of the same name here says nothing.
_SERVED = ("openai", "api", "claude", "gemini", "gpt", "litellm", "reka")
_ENDINGS = frozenset(
    [
        *(".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".npz", ".msgpack", ".h5", ".model"),
        *(".tiktoken", ".json", ".jinja", ".txt", ".py", ".yaml"),
    ]
)
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_WHOLE = 2**24  # bytes: smaller files are read whole
_STRIDE, _BLOCK = 2**20, 2**12  # of larger ones 4 KiB in every MiB: a tensor of a MiB that changed is seen


def seen(backend: Any, model_args: str | Mapping[str, Any] | None) -> str:
    """First 16 hex digits of a sha256 over all weights that can be seen; "" where none can.

    Content counts, and no place or time: a folder that was moved (and is named by a link), copied or touched is the
    same.

    Args:
        backend: what stands after ``--model``; a model object has no name, and names no weights.
        model_args: what stands after ``--model_args``, as text or as a dict.
    """
    if not isinstance(backend, str) or any(part in backend.lower() for part in _SERVED):
        return ""
    given = _parsed(model_args)
    digest, found = hashlib.sha256(), False
    for name in sorted(given):
        if not any(part in name.lower() for part in _NAMING):
            continue
        for piece in _pieces(str(given[name]), given.get("revision")):
            digest.update(name.encode() + b"\0" + piece + b"\0")
            found = True
    return digest.hexdigest()[:16] if found else ""


def _parsed(model_args: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if isinstance(model_args, Mapping):
        return model_args
    from lmms_eval.utils import simple_parse_args_string

    try:
        return dict(simple_parse_args_string(model_args or ""))
    except (TypeError, ValueError):
        return {}


def _pieces(value: str, revision: Any) -> Iterator[bytes]:
    """What is seen of one argument: each file's name and content, or the hub commit."""
    path = Path(value).expanduser()
    try:
        if path.is_dir():
            for file in sorted(_files(path)):
                yield file.relative_to(path).as_posix().encode(errors="surrogateescape") + b"\0" + _content(file)
        elif path.is_file():
            yield _content(path)
        elif _HUB_NAME.fullmatch(value) and (commit := _commit(value, revision)):
            yield commit.encode()
    except OSError:
        return  # a name that is none of a file, or a file that cannot be read: the backend says so


def _files(folder: Path) -> Iterator[Path]:
    """Files that a model is loaded from; not what training leaves beside them. Links to folders are not followed."""
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith((".", "checkpoint-"))]
        yield from (Path(place, name) for name in names if Path(name).suffix.lower() in _ENDINGS and name[0] != ".")


def _content(file: Path) -> bytes:
    with open(file, "rb", buffering=0) as opened:
        size = os.fstat(opened.fileno()).st_size
        digest = hashlib.sha256(str(size).encode())
        if size <= _WHOLE:
            digest.update(opened.read())
        else:
            for start in (*range(0, size, _STRIDE), size - _BLOCK):
                opened.seek(start)
                digest.update(opened.read(_BLOCK))
    return digest.digest()


def _commit(name: str, revision: Any) -> str:
    """The commit of a hub model that the machine holds, "" where it holds none."""
    from huggingface_hub import try_to_load_from_cache

    try:
        held = try_to_load_from_cache(name, "config.json", revision=str(revision) if revision else None)
    except ValueError:  # no name of a hub model
        return ""
    return Path(held).parent.name if isinstance(held, str) else ""
