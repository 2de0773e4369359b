"""``medq fidelity``: what a backend does to the pixels before the model sees them."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medq_tasks.cli.console import say, wide_console
from medq_tasks.wording.counts import count
from medq_tasks.wording.escape import plain

if TYPE_CHECKING:
    from medq_tasks.fidelity.probe import Finding

CHANGED, NOT_INSPECTED = 1, 2
_DEFAULT = (
    "Default: a tiny checkpoint made on the spot for qwen2_vl, qwen2_5_vl and llava_hf, a recording server for API "
    "backends; the others need a checkpoint of yours."
)


def fidelity(
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="A backend of lmms-eval, as after its own --model.")
    ],
    model_args: Annotated[
        str | None,
        typer.Option("--model_args", "--model-args", metavar="ARGS", help=f"As for lmms-eval. {_DEFAULT}"),
    ] = None,
    image_transport: Annotated[
        str | None,
        typer.Option(
            "--image-transport", metavar="NAME", help="as_is, png or jpeg85. Default: what the task definitions say."
        ),
    ] = None,
    force_simple: Annotated[bool, typer.Option("--force_simple", "--force-simple", help="As for lmms-eval.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Send test pictures through a backend's own input path and say what arrives at its processor, or on the wire.

    Exit code 0: the transport loses nothing (a resize is said, not counted). 1: it does, though it should not.
    2: this backend cannot be inspected here.
    """
    from medq_tasks.demo.extra import need_demo

    need_demo("medq fidelity")
    from medq_tasks.fidelity import backends
    from medq_tasks.transports import check_transport, exact_for

    try:
        transport = check_transport(image_transport or exact_for(model))
        with _quiet():
            backends.check(model, model_args)
            # They bring numpy and Pillow: not before there is a backend to send pictures through.
            from medq_tasks.fidelity.probe import inspect
            from medq_tasks.fidelity.sent_pictures import all_pictures

            findings = list(
                inspect(model, all_pictures(), model_args=model_args, transport=transport, force_simple=force_simple)
            )
        if all(finding.arrival is None for finding in findings):
            raise backends.CannotInspect(
                f"{model} cannot be inspected here: no picture reached an image processor of transformers; "
                "this backend prepares its pictures in a way of its own."
            )
    except backends.CannotInspect as error:
        say(f"medq: {error}", err=True)
        raise typer.Exit(NOT_INSPECTED) from None
    # Who asks for JPEG, or for the harness's usual path where the definitions say png, does not ask for exact pixels.
    asked = not transport.startswith("jpeg") and image_transport in (None, "png", exact_for(model))
    if as_json:
        say(json.dumps(_report(model, transport, asked, findings), indent=2))
    else:
        _print(model, transport, asked, findings)
    if any(finding.label_wrong or (asked and not finding.transport_lossless) for finding in findings):
        raise typer.Exit(CHANGED)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the backends' progress bars and the harness's log lines out of the table and the JSON."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _verdict(finding: Finding) -> str:
    if finding.comparison is None:
        return "did not arrive"
    if finding.label_wrong:
        return "wrong media type"
    if not finding.comparison.same:
        return "changed"
    return f"resized ({finding.comparison.resized_with})" if finding.comparison.resized_with else "identical"


def _wire(finding: Finding) -> str:
    arrival = finding.arrival
    if arrival is None or not arrival.wire:
        return "in process" if arrival else "-"
    return arrival.wire if not finding.label_wrong else f"{arrival.wire} called {arrival.media_type}"


def _print(model: str, transport: str, asked: bool, findings: list[Finding]) -> None:
    from medq_tasks.fidelity.probe import shown
    from medq_tasks.wording.fitting import fitted

    rows = [["picture", "verdict", "PSNR dB", "SSIM", "size", "arrived", "pixels left", "model sees", "wire"]]
    for finding in findings:
        compared, arrival = finding.comparison, finding.arrival
        rows.append(
            [
                finding.name,
                _verdict(finding),
                shown(compared.psnr) if compared else "-",
                f"{compared.ssim:.4f}" if compared else "-",
                _size(finding.before),
                _size(finding.after),
                _left(finding) if finding.after else "-",
                _size(arrival.seen if arrival else None),
                _wire(finding),
            ]
        )
    wide = wide_console(140)
    wide.print(*fitted(f"{model}, image_transport {transport}", rows, wide.width), sep="\n")
    for line in _told(asked, findings):
        say(line)


def _told(asked: bool, findings: list[Finding]) -> Iterator[str]:
    """What the table means: the transport, then what resizing took, which no transport gives back."""
    exact = sum(finding.transport_lossless for finding in findings)
    said = "exact pixels were asked for" if asked else "exact pixels were not asked for"
    yield f"Transport lossless: {exact} of {count(len(findings), 'picture')}; {said}."
    resized = [finding for finding in findings if finding.resized]
    if resized:
        worst = min(resized, key=lambda finding: finding.pixels_left)
        change = f"{worst.name} from {_size(worst.before)} to {_size(worst.after)}, {_left(worst)} of its pixels"
        yield plain(
            f"Resized before the model's processor, which no transport makes good: {len(resized)} of {len(findings)}, "
            f"the most {change}. PSNR and SSIM are against the original resized alike: of the transport alone."
        )
    again = [f for f in findings if f.arrival and f.arrival.seen and f.arrival.seen != f.after]
    if again:
        pictures = count(len(again), "picture")
        yield f"The model's own processor then resizes {pictures}, to the sizes under 'model sees'."


def _left(finding: Finding) -> str:
    return f"{100 * finding.pixels_left:.0f} %"


def _size(size: tuple[int, int] | None) -> str:
    return f"{size[0]} x {size[1]}" if size else "-"


def _report(model: str, transport: str, asked: bool, findings: list[Finding]) -> dict[str, Any]:
    return {
        "model": model,
        "image_transport": transport,
        "lossless_asked": asked,
        "pictures": [
            {
                "name": finding.name,
                "verdict": _verdict(finding),
                "lossless": finding.transport_lossless and not finding.resized,
                "transport_lossless": finding.transport_lossless,
                "resized": finding.resized,
                "size": finding.before,
                "arrived": finding.after,
                "model_sees": finding.arrival.seen if finding.arrival else None,
                "wire": finding.arrival.wire if finding.arrival else "",
                "media_type": finding.arrival.media_type if finding.arrival else "",
                **({} if finding.comparison is None else _numbers(dataclasses.asdict(finding.comparison))),
            }
            for finding in findings
        ],
    }


def _numbers(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity and no NaN: both become null (``verdict`` tells them apart)."""
    return {
        name: None if isinstance(value, float) and not abs(value) < float("inf") else value
        for name, value in values.items()
    }
