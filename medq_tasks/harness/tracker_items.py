"""One task's items as one table of a Weights & Biases run, with pictures within a budget."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from medq_tasks.data import find_table, open_table
from medq_tasks.harness.telling import tell
from medq_tasks.harness.tracker_rows import by_loss, table_of
from medq_tasks.records import Identity, Record, picture_digest
from medq_tasks.report.picture_files import full
from medq_tasks.runs.files import records_of
from medq_tasks.settings import Settings
from medq_tasks.store.secrets import in_force, scrub, scrub_message

_MEGABYTE = 10**6


def send(run: Any, name: str, samples: Sequence[Mapping[str, Any]]) -> None:
    """Log the table ``<name>/items``.

    Args:
        run: of W&B, open.
        name: of the task.
        samples: the harness's, before or after it has written them to its own log.

    Raises:
        RunError: a sample holds no record (``--predict_only``).
        Exception: whatever W&B raises.
    """
    import wandb  # not above: nobody needs it who has not asked for it

    if not samples:
        return
    secrets = in_force()
    records = [_clean(record, secrets) for record in records_of(enumerate(samples, 1), name)]
    picture = functools.cache(wandb.Image)
    with tempfile.TemporaryDirectory() as folder:  # W&B copies the files when the table is logged
        shown = dict(_pictures(name, records, Settings.from_env(), Path(folder)))
        pictures = {identity: [picture(str(file)) for file in files] for identity, files in shown.items()}
        columns, rows = table_of(records, [_prompt(sample) for sample in samples], pictures)
        run.log({f"{name}/items": wandb.Table(columns=columns, data=rows)})


def _clean(record: Record, secrets: Sequence[str]) -> Record:
    """The record without keys: of a failed request the reply is what a server or a library says."""
    clean = scrub_message if record.state == "failed" else scrub
    return replace(record, reply=clean(record.reply, secrets), reason=clean(record.reason, secrets))


def _prompt(sample: Mapping[str, Any]) -> str:
    """What the model was asked: the first argument of the request, which the harness's own log keeps as ``input``."""
    asked = sample.get("input") or next(iter(sample.get("arguments") or ()), "")
    return asked if isinstance(asked, str) else ""


def _pictures(
    name: str, records: Sequence[Record], settings: Settings, folder: Path
) -> Iterator[tuple[Identity, list[Path]]]:
    """The picture files of the items that lost most, up to the budget; an item has all of its own or none.

    A file is as the table has it where a browser shows the pixels that a model gets, and else made anew as PNG.
    """
    if not settings.wandb_pictures:
        return
    found = find_table(records[0].table, settings)
    if found is None:
        tell(f"{name} goes to Weights & Biases without pictures: its table {records[0].table} is not on this machine")
        return
    files: dict[str, Path] = {}
    left, without = settings.wandb_pictures * _MEGABYTE, 0
    with open_table(found.path) as table:
        for record in by_loss(records):
            images = table.images(record.row)
            digests = [picture_digest(data) for data in images]
            new = {digest: data for digest, data in zip(digests, images, strict=True) if digest not in files}
            size = sum(map(len, new.values()))
            if size > left:
                without += 1
                continue
            left -= size
            files |= {digest: _write(folder / digest, data) for digest, data in new.items()}
            yield record.identity, [files[digest] for digest in digests]
    if without:
        tell(
            f"{without} of {len(records)} items of {name} go to Weights & Biases without pictures: "
            f"{settings.wandb_pictures} MB are spent, first on what lost most. MEDQ_WANDB_PICTURES sets how many"
        )


def _write(stem: Path, data: bytes) -> Path:
    subtype, content = full(data)
    file = stem.with_suffix(f".{subtype}")
    file.write_bytes(content)
    return file
