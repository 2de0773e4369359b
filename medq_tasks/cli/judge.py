"""``medq judge``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medq_tasks.cli.arguments import PRICES_HELP, RUN_HELP
from medq_tasks.cli.console import say
from medq_tasks.cli.judged import tell
from medq_tasks.errors import MedqError, NothingToJudge, SettingsError
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain

if TYPE_CHECKING:
    from medq_tasks.judge import JudgeSession
    from medq_tasks.scoring.judge_run import JudgedTask
    from medq_tasks.settings import Settings


def judge(
    run_dir: Path = typer.Argument(..., metavar="RUN", help=RUN_HELP),
    judge_model: list[str] | None = typer.Option(
        None,
        metavar="NAME",
        help="Judge model; overrides MEDQ_JUDGE_MODEL. Several times: a panel, the median of its judges.",
    ),
    base_url: str | None = typer.Option(
        None, metavar="URL", help="OpenAI-compatible server; overrides MEDQ_JUDGE_BASE_URL."
    ),
    concurrency: int | None = typer.Option(
        None, min=1, metavar="N", help="Requests in flight; overrides MEDQ_JUDGE_CONCURRENCY."
    ),
    prompts: Path | None = typer.Option(
        None,
        metavar="PATH",
        help="YAML file, or checkout of the reference implementation; overrides MEDQ_JUDGE_PROMPTS.",
    ),
    max_tokens: int | None = typer.Option(
        None, min=1, metavar="TOKENS", help="Limit of one reply; overrides MEDQ_JUDGE_MAX_TOKENS."
    ),
    timeout: float | None = typer.Option(
        None, metavar="SECONDS", help="Seconds for one reply; overrides MEDQ_JUDGE_TIMEOUT."
    ),
    extra_body: str | None = typer.Option(
        None, metavar="JSON", help="JSON object merged into each request; overrides MEDQ_JUDGE_EXTRA_BODY."
    ),
    replies_of: str | None = typer.Option(
        None,
        metavar="URL",
        help="Another server's address: its kept replies are taken as this one's; see docs/judge.md.",
    ),
    panel: bool = typer.Option(
        False,
        "--panel",
        help="Make the panel of judgements that are stored (of all, or of --judge-model); asks nobody.",
    ),
    batch: bool = typer.Option(
        False, "--batch", help="Through the server's Batch API: submits, and collects when called again."
    ),
    batch_id: str = typer.Option("", metavar="ID", help="Collect this batch, which was submitted elsewhere."),
    wait: float | None = typer.Option(
        None, min=0.0, metavar="SECONDS", help="With --batch: seconds between looks until it is done."
    ),
    export: Path | None = typer.Option(
        None, metavar="FILE", help="Write the open requests to this file (JSONL of a batch); asks nobody."
    ),
    collect: Path | None = typer.Option(
        None, metavar="FILE", help="Read replies from this file (a batch's output); asks nobody."
    ),
    prices: Path | None = typer.Option(None, metavar="FILE", help=PRICES_HELP),
) -> None:
    """Judge the logged samples of a run, for the first time or again, and write the result beside them.

    The key comes from MEDQ_JUDGE_API_KEY or OPENAI_API_KEY. Run it again after an interruption or a failure: only
    missing answers of the judge are asked for.
    """
    from medq_tasks.records import TEXT_KINDS
    from medq_tasks.runs import files as run_files
    from medq_tasks.runs.usage import in_words, read_prices, usage_by_judge
    from medq_tasks.scoring.panel import check_models
    from medq_tasks.settings import check_prompts

    models = [model.strip() for model in judge_model or []]
    check_models(models)
    if panel:
        _tell_of_panel(run_dir, _stored(run_dir, models))
        return
    given: dict[str, object] = {
        "MEDQ_JUDGE_BASE_URL": base_url,
        "MEDQ_JUDGE_CONCURRENCY": concurrency,
        "MEDQ_JUDGE_PROMPTS": prompts,
        "MEDQ_JUDGE_MAX_TOKENS": max_tokens,
        "MEDQ_JUDGE_TIMEOUT": timeout,
        "MEDQ_JUDGE_EXTRA_BODY": extra_body,
        "MEDQ_JUDGE_REPLIES_OF": replies_of,
    }
    judges = [_settings({**given, "MEDQ_JUDGE_MODEL": model}) for model in (*models, None)[: len(models) or 1]]
    check_prompts(judges[0].judge.prompts)
    known = read_prices(prices) if prices else None
    samples = [path for files in run_files.find([run_dir]) for path in files.samples.values()]
    if any(run_files.first_kind(path) in TEXT_KINDS for path in samples):
        judges[0].judge.require()
    bulk = Bulk(batch or bool(batch_id), batch_id, wait, export, collect)
    if len(judges) > 1 and (export or collect or batch_id):
        raise SettingsError("--export, --collect and --batch-id are of one judge. Name it alone, once for each.")
    try:
        members = _all_judged(run_dir, judges, bulk)
    except NothingToJudge as nothing:
        say(plain(str(nothing)))
        return
    if len(judges) > 1 and len(members) == len(judges):
        _tell_of_panel(run_dir, members)
    records = [record for done in members for task in done for record in task.records]
    for line in in_words(usage_by_judge(records), known):
        say(plain(line))


def _all_judged(run_dir: Path, judges: list[Settings], bulk: Bulk) -> list[list[JudgedTask]]:
    """What each judge has judged, without those that have nothing to write yet; one at fault does not stop the others.

    Raises:
        MedqError: of the first that was at fault.
    """
    members, faults = [], []
    for settings in judges:
        try:
            members.append(_judged_by(run_dir, settings, bulk))
        except MedqError as error:
            faults.append(error)
            if len(judges) > 1:
                say(plain(f"{settings.judge.model}: {error}"), err=True)
    if faults:
        raise faults[0]
    return [done for done in members if done]


@dataclass(frozen=True)
class Bulk:
    """How the judge is asked in bulk, if at all."""

    batch: bool
    batch_id: str
    wait: float | None
    export: Path | None
    collect: Path | None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant together."""
        if sum(map(bool, (self.batch, self.export, self.collect))) > 1:
            raise SettingsError("--batch, --export and --collect are three ways of judging in bulk. Choose one.")
        if self.wait is not None and not self.batch:
            raise SettingsError("--wait belongs to --batch. Add it, or leave --wait out.")


def _in_bulk(run_dir: Path, settings: Settings, session: JudgeSession, bulk: Bulk) -> bool:
    """Send or collect what is asked in bulk; whether there is now something to write."""
    from medq_tasks.judge.batch_api import BatchApi
    from medq_tasks.scoring.bulk_run import NOT_COLLECTED, BulkRun

    run = BulkRun.of(run_dir, settings, session)
    if bulk.export:
        say(f"{count(run.export(bulk.export), 'request')} written to {bulk.export}")
        return False
    if bulk.collect:
        found = run.collect(_text_of(bulk.collect), str(bulk.collect))
    else:
        api = BatchApi(session.judge)
        collected = run.batch(api, bulk.batch_id, bulk.wait, _say_plain)
        ours = collected.refused - set(session.judge.extra) if collected else set()
        if collected and ours and run.lines():  # asked again at once without what was refused
            _say_plain(collected.words)
            collected = run.batch(api, "", bulk.wait, _say_plain)
        if collected is None:
            return not run.lines()  # nothing was open: every reply is kept
        found = collected
    say(plain(found.words))
    left = len(run.lines())
    if left:
        say(
            f"{count(left, 'question is', 'questions are')} open: finish with `medq judge {run_dir}`, or in bulk again."
        )
    session.ask_nobody(NOT_COLLECTED)
    return True


def _say_plain(words: str) -> None:
    say(plain(words))


def _text_of(path: Path) -> str:
    from medq_tasks.errors import RunError

    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror}). Name a batch's output file.") from error
    if not text.strip():
        raise RunError(f"{path}: holds no lines. Name a batch's output file.")
    return text


def _judged_by(run_dir: Path, settings: Settings, bulk: Bulk) -> list[JudgedTask]:
    # They bring what judges, half a second: not before there is something to judge, and a judge.
    from medq_tasks.judge import JudgeSession
    from medq_tasks.scoring.judge_run import judge_run

    session = JudgeSession(settings)
    try:
        if bulk.batch or bulk.export or bulk.collect:
            if not _in_bulk(run_dir, settings, session, bulk):
                return []
        else:
            from medq_tasks.scoring.bulk_run import refuse_while_under_way

            refuse_while_under_way(run_dir, session)
        done = judge_run(run_dir, settings, session)
    finally:
        session.close()
    tell(run_dir, done, f"{session.stamp.model}, {session.rubric.name}")
    return done


def _stored(run_dir: Path, models: list[str]) -> list[list[JudgedTask]]:
    from medq_tasks.scoring.panel_run import stored_members

    return stored_members(run_dir, models)


def _tell_of_panel(run_dir: Path, members: list[list[JudgedTask]]) -> None:
    from medq_tasks.scoring.panel_run import panel_run

    tell(run_dir, panel_run(run_dir, members), f"a panel of {len(members)}")


def _settings(given: Mapping[str, object]) -> Settings:
    """The settings with those of the command line in place of the environment's; both are checked in one place."""
    import os

    from medq_tasks.settings import Settings

    return Settings.from_env({**os.environ, **{name: str(said) for name, said in given.items() if said is not None}})
