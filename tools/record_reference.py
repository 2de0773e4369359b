"""Run the reference implementation on the cases of tests/reference and record what it makes of them.

    python tools/record_reference.py CHECKOUT      # a VLMEvalKit checkout; writes tests/reference/facts.json

Its modules are loaded from the checkout with stand-ins for what they import but these cases do not need. This is the
one place where its code is run, by hand; what is kept are figures and hashes (docs/reference.md).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import io
import json
import math
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import pandas
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.reference import cases

FACTS = Path(cases.__file__).with_name("facts.json")
AXES = ("completeness", "preciseness", "consistency", "quality_accuracy")
# In place of the reference's judge prompts, so that the hashes can be replayed without a checkout.
TEMPLATE = "Axis {axis}. Compare [MLLM DESC] with [GOLDEN DESC]. Score:"


def digest(data: str | bytes) -> str:
    """First 16 hex digits of the sha256."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]


def load(checkout: Path) -> dict[str, Any]:
    """Its modules by short name."""

    def stub(name: str, **values: object) -> types.ModuleType:
        module = types.ModuleType(name)
        vars(module).update(values)
        sys.modules[name] = module
        return module

    def nothing(*_: object, **__: object) -> None:
        return None

    for package in ("vlmeval", "vlmeval.dataset", "vlmeval.vlm", "vlmeval.vlm.qwen2_vl"):
        stub(package, __path__=[])
    stub("vlmeval.smp", dump=nothing, load=pandas.read_csv, get_cache_path=nothing)
    stub("vlmeval.dataset.utils", build_judge=nothing)
    sys.modules["vlmeval.dataset"].DATASET_TYPE = lambda *_, **__: "MCQ"  # type: ignore[attr-defined]
    base = type("Base", (), {"dump_image": lambda self, line: "p.png"})
    stub("vlmeval.dataset.image_mcq", ImageMCQDataset=base)
    stub("vlmeval.dataset.image_base", ImageBaseDataset=base)
    stub("huggingface_hub", snapshot_download=nothing)
    names = ("dataset/medqbench_mcq", "dataset/medqbench_caption", "dataset/medqbench_paired_description")
    found = {}
    for name in (*names, "vlm/qwen2_vl/prompt", "smp/vlm"):
        full = "vlmeval." + name.replace("/", ".")
        spec = importlib.util.spec_from_file_location(full, checkout / "vlmeval" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
        found[name.rsplit("/", 1)[-1]] = module
    return found


def perception(modules: dict[str, Any], made: list[cases.Row]) -> dict[str, Any]:
    """Each row's prompt (whole, and without what stands around question and options), rewording and answer."""
    dataset = object.__new__(modules["medqbench_mcq"].MedqbenchMCQDataset)
    reworder = modules["prompt"].Qwen2VLPromptMixin()
    reworder.set_dump_image(lambda line: "p.png")
    table = pandas.read_csv(io.StringIO(cases.tsv(made)), sep="\t")
    found = []
    for _, line in table.iterrows():
        whole = dataset.build_prompt(line)[-1]["value"]
        before, asked, rest = whole.partition(str(line["question"]))
        lines, mark, after = rest.rpartition("\n\n")
        other = reworder.build_prompt(line, "x")[-1]["value"]
        found.append(
            {
                "whole": digest(whole),
                "body": digest(asked + lines),
                "around": digest(before + mark + after),
                "reworded": digest(other),
                "answer": str(dataset._convert_answer_to_letter(line["answer"])),
            }
        )
    around = {one.pop("around") for one in found}
    assert len(around) == 1, "the words around are not the same in every row"
    return {"around": around.pop(), "rows": found}


def instructions(modules: dict[str, Any]) -> dict[str, str]:
    """What is asked where a table has no question of its own."""
    found = {}
    for kind, module, name in (
        ("no_reference", "medqbench_caption", "MedqbenchCaptionDataset"),
        ("comparison", "medqbench_paired_description", "MedqbenchPairedDescriptionDataset"),
    ):
        dataset = object.__new__(getattr(modules[module], name))
        dataset.custom_data_path = __file__
        modules[module].load = lambda path: pandas.DataFrame({"index": [1], "image": ["x"]})
        found[kind] = digest(dataset.load_data("x")["question"][0])
    return found


def readings(modules: dict[str, Any]) -> list[str]:
    """The letter that is read in each reply, "" where what is left is no letter."""
    dataset = object.__new__(modules["medqbench_mcq"].MedqbenchMCQDataset)
    read = [str(dataset._extract_option_letter(case.text)) for case in cases.replies()]
    return [letter if letter in list("ABCD") else "" for letter in read]


def judge_prompts(modules: dict[str, Any]) -> list[str]:
    """The prompt of each pair of texts and axis, both kinds, under templates of ours."""
    found = []
    for module, prompts, scorer in (
        ("medqbench_caption", "PROMPT_TEMPLATES", "MedQBench_Caption_Scorer"),
        ("medqbench_paired_description", "PAIRED_PROMPT_TEMPLATES", "MedQBench_PairedDescription_Scorer"),
    ):
        getattr(modules[module], prompts).update({axis: TEMPLATE.format(axis=axis) for axis in AXES})
        asks = getattr(modules[module], scorer)(None, None)
        found += [
            digest(asks.build_prompt(axis, text, reference))
            for _, text, reference in cases.judge_texts()
            for axis in AXES
        ]
    return found


def scores(modules: dict[str, Any]) -> list[float | None]:
    """The score that is read in each reply of a judge."""
    read = modules["medqbench_caption"].MedQBench_Caption_Scorer.parse_score_from_response
    return [read(case.text) for case in cases.judge_replies()]


def aggregates(modules: dict[str, Any]) -> dict[str, float]:
    """The means of ``cases.SCORES``, an unscored axis being one of which the judge says nothing."""
    said = [level for item in cases.SCORES for level in item]

    class Judge:
        def __init__(self) -> None:
            self.asked = iter([one for level in said for one in ([level] if level is not None else [None] * 3)])

        def generate(self, _prompt: str) -> str:
            level = next(self.asked)
            return "I cannot say." if level is None else f"Score: {level}"

    module = modules["medqbench_caption"]
    frame = pandas.DataFrame({"prediction": ["p"] * len(cases.SCORES), "description": ["d"] * len(cases.SCORES)})
    module.load = lambda path: frame
    sys.modules["vlmeval.dataset.utils"].build_judge = lambda **_: Judge()  # type: ignore[attr-defined]
    found = module.MedqbenchCaptionDataset.evaluate("x.xlsx", sleep=0)
    return {axis: float(found[axis]) for axis in AXES}


def pixels(modules: dict[str, Any]) -> dict[str, str]:
    """What a model gets to see of each picture: saved as its PNG, opened again, as RGB."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, data in cases.pictures().items():
            path = Path(folder) / "p.png"
            path.unlink(missing_ok=True)
            try:
                modules["vlm"].decode_base64_to_image_file(base64.b64encode(data).decode(), str(path))
                seen = Image.open(path).convert("RGB")
                found[name] = f"{seen.width}x{seen.height} {digest(seen.tobytes())}"
            except OSError as error:
                found[name] = f"cannot be saved: {type(error).__name__}"
    return found


def main() -> None:
    """Record everything."""
    checkout = Path(sys.argv[1])
    commit = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    with contextlib.redirect_stdout(io.StringIO()):  # it prints every prompt
        modules = load(checkout)
        facts = {
            "commit": commit or "unknown",
            "perception": perception(modules, cases.rows()),
            "numbers": perception(modules, cases.number_rows()),
            "instructions": instructions(modules),
            "readings": readings(modules),
            "scores": scores(modules),
            "aggregates": aggregates(modules),
            "judge_prompts": judge_prompts(modules),
            "pixels": pixels(modules),
        }
    assert not any(isinstance(value, float) and math.isnan(value) for value in facts["scores"])
    FACTS.write_text(json.dumps(facts, indent=0) + "\n", encoding="utf-8")
    print(f"{FACTS}: {len(FACTS.read_bytes()):,} bytes")


if __name__ == "__main__":
    main()
