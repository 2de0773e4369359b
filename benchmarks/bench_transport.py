"""What exact pixels cost the host, beside the bare harness with its JPEG, and what they cost on an API's wire.

    python -m benchmarks transport [--quick]

* local backends: one item on its way to the model as ``qwen2_vl`` of lmms-eval makes it, with that backend's own
  packing: file bytes -> picture -> data URL -> picture -> tensors of the processor (Qwen2-VL's, without weights).
  The bare harness packs as JPEG; for ours the packing is passed over. "PNG" is what 0.1.0 handed over.
* backends that write files: picture -> file -> picture, by JPEG and by our PNG.
* APIs: size and time of a PNG beside those of a JPEG of quality 85.

Pictures: 512 x 512, RGB, four of scikit-image with some noise. Times are CPU time of one thread, the least of
several turns; both sides take turns in the same process.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from medq_tasks import pixels
from medq_tasks.harness.plain_pictures import unpacked
from medq_tasks.pixels import ExactImage

SIDE = 512
AIM = 1.15  # times the bare harness
JPEG_WIRE = 85


class PngOnly(ExactImage):
    """Packed as 0.1.0 did: as PNG in memory too."""

    def save(self, fp: Any, format: Any = None, **params: Any) -> None:
        """Never asked for "JPEG", so never a BMP."""
        super().save(fp, "PNG", **{key: value for key, value in params.items() if key != "quality"})


def pictures() -> list[bytes]:
    """PNG files of the pictures."""
    from skimage import data

    noise = np.random.default_rng(0)
    found = []
    for picture in (data.retina(), data.immunohistochemistry(), data.astronaut(), data.chelsea()):
        plain = Image.fromarray(picture[..., :3]).resize((SIDE, SIDE))
        grained = np.asarray(plain, dtype=float) + noise.normal(0, 2, (SIDE, SIDE, 3))
        file = io.BytesIO()
        Image.fromarray(grained.clip(0, 255).astype(np.uint8)).save(file, format="PNG")
        found.append(file.getvalue())
    return found


def bare(data: bytes) -> Image.Image:
    """A picture as a task of the harness opens it."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def ours(data: bytes) -> Image.Image:
    """A picture as our hook hands it over."""
    return pixels.hand_over(pixels.decode(data), "png")


def first_release(data: bytes) -> Image.Image:
    """A picture as 0.1.0 handed it over."""
    return PngOnly.of(pixels.decode(data))


def way_of_qwen2_vl() -> Callable[[Image.Image], Any]:
    """The steps of the harness's backend, up to the tensors."""
    from lmms_eval.models.simple.qwen2_vl import Qwen2_VL
    from qwen_vl_utils import process_vision_info
    from transformers import AutoProcessor

    from medq_tasks.fidelity.tiny import build_tiny_qwen2_vl

    with tempfile.TemporaryDirectory() as folder:
        processor = AutoProcessor.from_pretrained(build_tiny_qwen2_vl(Path(folder)))

    backend = object.__new__(Qwen2_VL)  # without weights: only its packing is called

    def way(image: Image.Image) -> Any:
        passing_over = contextlib.nullcontext() if isinstance(image, PngOnly) else unpacked(backend, "qwen2_vl")
        with passing_over:
            packed = backend._encode_image_data_url(image)
        message = [{"role": "user", "content": [{"type": "image", "image": packed}]}]
        found, _ = process_vision_info(message)
        return processor.image_processor(images=found, return_tensors="pt")

    return way


def way_of_a_file(folder: Path) -> Callable[[Image.Image], Any]:
    """What ``xcomposer2d5`` and ``llava_sglang`` do: a file, opened again by its content."""

    def way(image: Image.Image) -> Any:
        image.save(folder / "picture.jpg")
        with Image.open(folder / "picture.jpg") as file:
            return file.convert("RGB")

    return way


def turns(sides: dict[str, Callable[[], Any]], repeat: int) -> dict[str, float]:
    """Least CPU seconds of each side; they take turns."""
    least = dict.fromkeys(sides, float("inf"))
    for side in sides.values():
        side()  # what is loaded once
    for _ in range(repeat):
        for name, side in sides.items():
            start = time.thread_time()
            side()
            least[name] = min(least[name], time.thread_time() - start)
    return least


def compare(title: str, files: list[bytes], way: Callable[[Image.Image], Any], repeat: int) -> float:
    """Print a table; returns our time in multiples of the bare harness's."""
    makers = {"bare harness, JPEG": bare, "ours": ours, "0.1.0, PNG": first_release}
    sides = {name: (lambda make=make: [way(make(data)) for data in files]) for name, make in makers.items()}
    found = turns(sides, repeat)
    base = found["bare harness, JPEG"]
    print(f"## {title}\n\n| pictures | ms per picture | times the bare harness |\n|---|---|---|")
    for name, seconds in found.items():
        print(f"| {name} | {seconds / len(files) * 1e3:.1f} | {seconds / base:.2f} |")
    print()
    return found["ours"] / base


def wire(files: list[bytes], repeat: int) -> None:
    """Print what an API is sent."""
    images = [pixels.decode(data) for data in files]

    def jpeg(image: Image.Image) -> bytes:
        file = io.BytesIO()
        image.save(file, format="JPEG", quality=JPEG_WIRE)
        return base64.b64encode(file.getvalue())

    def png(image: Image.Image) -> bytes:
        return base64.b64encode(ExactImage.of(image).to_png())

    print("## On an API's wire\n\n| pictures | kB per picture (base64) | ms per picture |\n|---|---|---|")
    found = turns({pack.__name__: (lambda pack=pack: list(map(pack, images))) for pack in (jpeg, png)}, repeat)
    for pack in (jpeg, png):
        size = sum(len(pack(image)) for image in images) / len(images) / 1e3
        print(f"| {pack.__name__.upper()} | {size:.0f} | {found[pack.__name__] / len(images) * 1e3:.1f} |")


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer turns")
    repeat = 3 if parser.parse_args().quick else 15
    torch.set_num_threads(1)  # so that CPU time of this thread is all of it
    files = pictures()
    ratio = compare("A local backend that packs in memory (qwen2_vl)", files, way_of_qwen2_vl(), repeat)
    print(f"Ours: {ratio:.2f} times the bare harness; aim {AIM}: {'met' if ratio <= AIM else 'MISSED'}.\n")
    with tempfile.TemporaryDirectory() as folder:
        compare(
            "A local backend that writes files (xcomposer2d5, llava_sglang)", files, way_of_a_file(Path(folder)), repeat
        )
    wire(files, repeat)


if __name__ == "__main__":
    main()
