"""``medq data check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medq_tasks.cli.console import say
from medq_tasks.cli.examples import epilog
from medq_tasks.errors import SettingsError
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain

if TYPE_CHECKING:
    from medq_tasks.data import CheckReport
    from medq_tasks.data.checking import TableCheck

app = typer.Typer(help="Look at the data.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``check`` a command of its own: typer would make a lone one the group itself."""


@app.command("check", epilog=epilog("data check"))
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Default: MEDQ_DATA_DIR, else the hub's own copy on this disk.")
    ] = None,
    download: Annotated[
        bool, typer.Option("--download", help="Without DIR and MEDQ_DATA_DIR: download the official files first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Read the official TSV files, pictures included; name every fault.

    Shows rows per table, split and slice. Exit code 1 when there is a fault. Nothing is written, and nothing is
    downloaded unless --download asks for it.
    """
    from medq_tasks import data
    from medq_tasks.settings import Settings

    report = data.check(folder or Settings.from_env().data_dir or _of_hub(download))
    if as_json:
        import json

        say(json.dumps(data.as_json(report), indent=2))
    else:
        _print(report)
    raise typer.Exit(0 if report.ok else 1)


def _of_hub(download: bool) -> Path:
    """The hub's own copy of the official files.

    Raises:
        SettingsError: there is none on this disk, and nobody wants it downloaded.
        DataError: a file cannot be downloaded.
    """
    from medq_tasks.data import hub
    from medq_tasks.families import file_name
    from medq_tasks.records import KINDS
    from medq_tasks.settings import HUB_DATASET

    files = [file_name(kind, split) for kind in KINDS for split in ("test", "dev")]
    if download:
        copies = [hub.download(file) for file in files]
        return copies[0].snapshot
    found = hub.cached_folder(files)
    if found is None:
        raise SettingsError(
            f"there is nothing to check: no DIR, no MEDQ_DATA_DIR, and no copy of {HUB_DATASET} on this disk. Name a "
            "folder, or fetch the official files with --download."
        )
    return found


def _print(report: CheckReport) -> None:
    for table in report.tables:
        _print_table(table)
    if report.absent:
        say(f"not there, and not missed: {', '.join(report.absent)}")
    for fault in report.faults:
        say(plain(str(fault)))
    rows = sum(table.rows for table in report.tables)
    faults = count(len(report.faults), "fault") if report.faults else "no faults"
    say(f"{report.folder}: {count(len(report.tables), 'table')}, {count(rows, 'row')}, {faults}")


def _print_table(table: TableCheck) -> None:
    formats = ", ".join(f"{count} {name}" for name, count in table.formats.most_common())
    shown = f"{count(table.pictures, 'different picture')} ({formats or 'none read'})"
    say(f"{table.file}: {count(table.rows, 'row')}, {shown}")
    for name, counts in table.slices.items():
        values = ", ".join(f"{plain(value) or '(not said)'} {count}" for value, count in counts.most_common())
        worked_out = table.inferred[name]
        say(f"  {name}: {values}" + (f" ({worked_out} inferred)" if worked_out else ""))
    for note in table.notes:
        say(f"  note: {plain(note)}")
    if table.faults:
        say(f"  faults: {len(table.faults)}, listed below")
    say("")
