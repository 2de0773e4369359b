"""Which files a run consists of, and how to read them: the harness's names and shapes, known here alone.

``lmms-eval --output_path RUN_DIR --log_samples`` writes (lmms_eval/loggers/evaluation_tracker.py)::

    RUN_DIR/<model name>/<YYYYMMDD_HHMMSS>_results.json
    RUN_DIR/<model name>/<YYYYMMDD_HHMMSS>_samples_<task>.jsonl

and ``medq judge`` writes ``<YYYYMMDD_HHMMSS>_samples_<task>.judged.<slug>.jsonl`` beside the samples. Runs that this
package keeps itself (``kept``) have the same shapes under other names; of one run, the harness's own files win.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medq_tasks.errors import RunError
from medq_tasks.records import KINDS, Identity, Kind, ReasoningRecord, Record, from_dict, judgements_from
from medq_tasks.runs import kept

_STAMP = r"(?P<stamp>\d{8}_\d{6})"
_RESULTS = re.compile(_STAMP + r"_results\.json")
_SAMPLES = re.compile(_STAMP + r"_samples_(?P<task>.+?)(?:\.judged\.(?P<slug>.+))?\.jsonl")

HOW_TO_RUN = "A run is written by `lmms-eval --output_path RUN_DIR --log_samples`; `medq runs` lists those kept"


@dataclass
class RunFiles:
    """The files of one evaluation: same folder, same stamp."""

    folder: Path
    stamp: str
    results: Path | None = None
    samples: dict[str, Path] = field(default_factory=dict)  # task -> file
    judged: dict[str, dict[str, Path]] = field(default_factory=dict)  # task -> slug -> file
    id: str = ""  # of a run that was kept: equal in what the harness has written of it


def results_name(stamp: str) -> str:
    """Name of a results file; ``stamp`` is YYYYMMDD_HHMMSS."""
    return f"{stamp}_results.json"


def samples_name(stamp: str, task: str) -> str:
    """Name of the samples file of a task beside it."""
    return f"{stamp}_samples_{task}.jsonl"


def find(paths: Sequence[Path]) -> list[RunFiles]:
    """All evaluations below the given folders (or result files), oldest first within each given path.

    Raises:
        RunError: a path does not exist, or holds no results.
    """
    found: dict[tuple[Path, str], RunFiles] = {}
    for path in paths:
        here = _below(path)
        if not here:
            raise RunError(f"{path}: no results of lmms-eval in this folder or below. {HOW_TO_RUN}.")
        for key in sorted(here, key=lambda key: (key[1], str(key[0]))):
            found.setdefault(key, here[key])
    return list(found.values())


def _below(path: Path) -> dict[tuple[Path, str], RunFiles]:
    if not path.exists():
        raise RunError(f"{path}: no such file or folder. {HOW_TO_RUN}.")
    if path.is_file() and path.name == kept.HEADER:
        path = path.parent
    if path.is_file() and not (_RESULTS.fullmatch(path.name) or _SAMPLES.fullmatch(path.name)):
        raise RunError(f"{path}: not a results file of lmms-eval. Give the run folder.")
    stamp = _stamp_of(path) if path.is_file() else None
    found: dict[tuple[Path, str], RunFiles] = {}
    own: list[RunFiles] = []
    for file in sorted(path.parent.iterdir() if stamp else path.rglob("*")):
        if file.name == kept.HEADER and not stamp:
            own.append(_kept(file))
        match = _RESULTS.fullmatch(file.name) or _SAMPLES.fullmatch(file.name)
        if not match or (stamp and match["stamp"] != stamp) or not file.is_file():
            continue
        folder = file.parent.resolve()  # one folder given twice, or through a link, is one run
        _add(found.setdefault((folder, match["stamp"]), RunFiles(folder, match["stamp"])), file, match)
    alone = _completed(found.values(), own)
    return {**found, **{(files.folder, files.stamp): files for files in alone}}


def _kept(header: Path) -> RunFiles:
    """A run that was kept."""
    results, folder = read_results(header), header.parent.resolve()
    files = RunFiles(folder, str(results.get("date") or ""), header, id=kept.id_of(results))
    for task, name in kept.files_of(results).items():
        files.samples[task] = folder / name
        begin = f"{Path(name).stem}.judged."
        later = {path.name[len(begin) : -len(".jsonl")]: path for path in sorted(folder.glob(f"{begin}*.jsonl"))}
        files.judged |= {task: later} if later else {}
    return files


def _completed(found: Iterable[RunFiles], own: Sequence[RunFiles]) -> list[RunFiles]:
    """Give runs of the harness what it has not written of them and was kept; the kept runs that are none of these.

    Args:
        found: of the harness; those that lack samples or results are looked up beside its folder as well.
        own: the kept runs that were met below the same path.
    """
    alone = {files.id: files for files in own}
    for files in found:
        lacks = not files.samples or files.results is None
        if not (own or lacks):
            continue
        known = {**(_kept_beside(files.folder) if lacks else {}), **alone}
        twin = known.get(_id_of(files, known.values()))
        if twin is not None:
            alone.pop(twin.id, None)
            files.results = files.results or twin.results
            files.samples = {**twin.samples, **files.samples}
            for task, judged in twin.judged.items():
                files.judged[task] = {**judged, **files.judged.get(task, {})}
    return list(alone.values())


def _kept_beside(folder: Path) -> dict[str, RunFiles]:
    """The harness writes into the output path, or a folder of the model's name there; kept runs lie in the first."""
    places = (place / kept.BELOW_OUTPUT for place in (folder, folder.parent))
    headers = (header for place in places if place.is_dir() for header in sorted(place.glob(f"*/{kept.HEADER}")))
    return {files.id: files for files in map(_kept, headers)}


def _id_of(files: RunFiles, known: Iterable[RunFiles]) -> str:
    """Which kept run these files are of; without a results file, the one of their stamp and tasks."""
    if files.results is not None:
        try:
            return kept.id_of(read_results(files.results))
        except RunError:
            return ""  # told when the run is read
    same = (one for one in known if one.stamp == files.stamp and files.samples.keys() <= one.samples.keys())
    return next((one.id for one in same), "")


def _stamp_of(path: Path) -> str:
    match = _RESULTS.fullmatch(path.name) or _SAMPLES.fullmatch(path.name)
    return match["stamp"] if match else ""


def _add(files: RunFiles, file: Path, match: re.Match[str]) -> None:
    groups = match.groupdict()
    if "task" not in groups:
        files.results = file
    elif groups["slug"]:
        files.judged.setdefault(groups["task"], {})[groups["slug"]] = file
    else:
        files.samples[groups["task"]] = file


def read_results(path: Path) -> dict[str, Any]:
    """The harness's result JSON.

    Raises:
        RunError: not a JSON object (for example cut off while it was written).
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read as JSON ({error}). Run the evaluation again.") from error
    if not isinstance(data, dict):
        raise RunError(f"{path}: holds {type(data).__name__} instead of an object. Run the evaluation again.")
    return data


def is_ours(task: str, path: Path) -> bool:
    """Whether these samples are of this benchmark: by the task's name, or by a record in the first line."""
    return task.startswith("medq_") or first_kind(path) is not None


def first_kind(path: Path) -> Kind | None:
    """The kind of the record in the first line; None where that line holds none."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        first = next(lines, "")
    try:
        kind = json.loads(first)["record"]["kind"]
    except (ValueError, TypeError, KeyError):
        return None
    return kind if kind in KINDS else None


def has_records(path: Path) -> bool:
    """Whether the first line holds a record; the harness writes none with ``--predict_only``."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "{}")
    try:
        sample = json.loads(first)
    except ValueError:
        return True  # let ``read_records`` say what is wrong with it
    return not isinstance(sample, dict) or "record" in sample


def read_records(path: Path) -> list[Record]:
    """The records of one samples file, in the order of the file.

    Raises:
        RunError: a line is not JSON, or holds no record; the message names file and line.
    """
    return records_of(_lines(path), str(path))


def read_judged(path: Path, own: Sequence[Record]) -> list[Record]:
    """The records of one judged file: ``own``, those of the run's samples, with the judgements that it holds by item.

    A line that holds a whole record (0.1.0 wrote no other, and of ``--predict_only`` there is no other) is taken as it
    is.

    Raises:
        RunError: a line is not JSON, no judgement, or of an item that the samples do not hold; with file and line.
    """
    known = {record.identity: record for record in own}
    return [_judged(line, known, f"{path}, line {number}") for number, line in _lines(path)]


def _judged(line: Any, known: Mapping[Identity, Record], place: str) -> Record:
    if not isinstance(line, Mapping) or "judgements" not in line or "kind" in line:
        whole = _record(line, place)
        own = known.get(whole.identity)
        return replace(whole, pictures=own.pictures) if own is not None and not whole.pictures else whole
    record = known.get((str(line.get("id")), str(line.get("variant") or "")))
    if not isinstance(record, ReasoningRecord):
        raise RunError(f"{place}: judges an item that the samples do not hold. Run `medq judge` again.")
    try:
        return replace(record, judgements=judgements_from(line))
    except (ValueError, TypeError, AttributeError) as error:
        raise RunError(f"{place}: not a judgement ({error}). Run `medq judge` again.") from error


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Numbered lines of a file of JSON lines; empty ones are passed over."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")  # a reply may hold U+2028: no splitlines
    return ((number, _parse(path, number, line)) for number, line in enumerate(lines, 1) if line.strip())


def _parse(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise RunError(
            f"{path}, line {number}: not valid JSON ({error}), probably cut off while it was written. "
            + ("Run `medq judge` again" if ".judged." in path.name else "Run the evaluation again")
            + ", or delete the line to go on without this item."
        ) from error


def records_of(samples: Iterable[tuple[int, Any]], place: str) -> list[Record]:
    """The records in numbered sample objects (``record`` key, or the record itself)."""
    return [_record(sample, f"{place}, line {number}") for number, sample in samples]


def not_scored(place: str) -> str:
    """Why samples without records cannot be used."""
    return (
        f"{place}: holds no `record`: the run was made with --predict_only, or ended before its replies were scored. "
        "First `medq judge RUN_DIR`, which scores them; a run of another tool cannot be read."
    )


def _record(sample: Any, place: str) -> Record:
    if not isinstance(sample, Mapping):
        raise RunError(f"{place}: not a sample of lmms-eval. Run the evaluation again.")
    data = sample.get("record", sample if sample.get("kind") in KINDS else None)
    if not isinstance(data, Mapping):
        raise RunError(not_scored(place))
    try:
        return from_dict(data)
    except (ValueError, TypeError, AttributeError) as error:
        raise RunError(
            f"{place}: a record of an unknown version ({error}). "
            "Use the version of medq-tasks that wrote it, or run the evaluation again."
        ) from error
