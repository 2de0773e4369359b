"""The facts that ``medq info`` prints: each function returns name -> text."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path

from medq_tasks.data import provenance
from medq_tasks.errors import JudgeError
from medq_tasks.families import file_name
from medq_tasks.harness import plugin
from medq_tasks.prompts import DEFAULT, DEFAULT_FILE
from medq_tasks.records import KINDS
from medq_tasks.settings import HUB_DATASET, Settings
from medq_tasks.store.addresses import without_secrets
from medq_tasks.store.secrets import in_force, scrub

OFFICIAL_FILES = tuple(file_name(kind, split) for kind in KINDS for split in ("dev", "test"))


def versions() -> dict[str, str]:
    """Version of this package and of what it builds on."""
    return {name: version or "not installed" for name, version in provenance.versions().items()}


def registration() -> dict[str, str]:
    """How the harness finds the tasks, and what could keep it from doing so."""
    others = [
        f"{entry.name} ({entry.value})"
        for entry in metadata.entry_points(group="lmms_eval.models")
        if entry.name != "medq_tasks"
    ]
    ours = [entry for entry in metadata.entry_points(group="lmms_eval.models") if entry.name == "medq_tasks"]
    return {
        "tasks found by lmms-eval": "yes, with no flag" if ours else 'no: use --include_path "$(medq tasks-path)"',
        "task definitions": str(plugin.task_folder()),
        "words of the questions": f"{DEFAULT_FILE}  (to copy and set MEDQ_PROMPTS to)",
        "other plugins": ", ".join(others) or "none (one that fails while it loads would hide ours)",
    }


def settings(current: Settings) -> dict[str, str]:
    """Every setting with its value in force and where it comes from. Keys are never shown."""
    values = {
        "MEDQ_DATA_DIR": _place(current.data_dir) or f"the hub dataset {HUB_DATASET}",
        "MEDQ_CACHE_DIR": str(current.cache_dir),
        "MEDQ_JUDGE_MODEL": current.judge.model or _unnamed(current),
        "MEDQ_JUDGE_BASE_URL": without_secrets(current.judge.base_url or "") or "the openai package's default",
        "MEDQ_JUDGE_API_KEY": "set (not shown)" if current.judge.api_key else "not set",
        "MEDQ_JUDGE_CONCURRENCY": str(current.judge.concurrency),
        "MEDQ_JUDGE_PROMPTS": _place(current.judge.prompts) or "built in",
        "MEDQ_JUDGE_MAX_TOKENS": str(current.judge.max_tokens or "no limit"),
        "MEDQ_JUDGE_TIMEOUT": f"{current.judge.timeout:g} s" if current.judge.timeout else "the client's own",
        "MEDQ_JUDGE_EXTRA_BODY": scrub(current.judge.extra_body, in_force(current.judge.api_key)) or "none",
        "MEDQ_JUDGE_REPLIES_OF": without_secrets(current.judge.replies_of or "") or "none",
        "MEDQ_PROMPTS": current.prompts if current.prompts == DEFAULT else _place(Path(current.prompts).expanduser()),
        "MEDQ_READER_MODEL": current.reader.model or "none",
        "MEDQ_READER_COUNTS": "1: what that model reads counts" if current.reader.counts else "0",
        "MEDQ_KEEP_RUNS": "1: records of every run are kept; `medq runs` lists them" if current.keep_runs else "0",
        "MEDQ_ASK_ANEW": "1: --use_cache asks for every reply again" if current.ask_anew else "0",
        "MEDQ_WANDB_PICTURES": f"{current.wandb_pictures} MB",
    }
    return {name: value if os.environ.get(name) else f"{value}  (default)" for name, value in values.items()}


def data(current: Settings) -> dict[str, str]:
    """Which official files are at hand."""
    if current.data_dir is None:
        return {"source": f"hub dataset {HUB_DATASET}, downloaded on first use", "embedded sample set": "medq_mini"}
    present = [name for name in OFFICIAL_FILES if (Path(current.data_dir) / name).is_file()]
    missing = [name for name in OFFICIAL_FILES if name not in present]
    found = {"source": f"folder {current.data_dir}", "files found": ", ".join(present) or "none"}
    if missing:
        found["files missing"] = ", ".join(missing)
    return {**found, "to check them": "medq data check"}


def _place(path: Path | None) -> str:
    """A path that a setting names, and whether there is nothing; "" for none."""
    if path is None:
        return ""
    return str(path) if path.exists() else f"{path}  (there is no such file or folder)"


def _unnamed(current: Settings) -> str:
    return "the only model that the judge's server lists" if current.judge.base_url else "none"


def judge(current: Settings, *, probe: bool) -> dict[str, str]:
    """Whether a judge is configured, and whether its server answers."""
    if not current.judge.configured:
        return {"judge": "none: set MEDQ_JUDGE_API_KEY or MEDQ_JUDGE_BASE_URL; verdict_accuracy needs no judge"}
    from medq_tasks.judge.reach import reach  # they bring the whole judge: not where there is none
    from medq_tasks.judge.which import named

    if not probe:
        return {"judge": f"{current.judge.model or 'no model named'}: not probed"}
    try:
        return {"judge": f"{named(current.judge).model}: {reach(current.judge).said}"}
    except JudgeError as error:
        return {"judge": str(error)}
