"""What real backends do with real tables: exact pixels, in order, in batches, beside other tasks; no stale answers."""

from __future__ import annotations

import io
import shutil
import textwrap

import numpy as np
import pytest
from PIL import Image

from medq_tasks import data, pixels, prompts
from medq_tasks.data import provenance
from medq_tasks.data.doc import options_of
from medq_tasks.fidelity import probe, sent_pictures, tiny
from medq_tasks.harness.plugin import task_folder
from medq_tasks.settings import Settings
from tests.prompts.checkout import checkout, know
from tests.prompts.test_choice import words_file

ITEMS = 5


@pytest.fixture(scope="module")
def checkpoints(imported_harness, tiny_qwen2_vl, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    built = {
        "qwen2_vl": tiny_qwen2_vl,
        "qwen2_5_vl": tiny.build_tiny_qwen2_5_vl(folder / "qwen2_5_vl"),
        "llava_hf": tiny.build_tiny_llava(folder / "llava_hf"),
    }
    return {name: f"pretrained={path},device=cpu,device_map=cpu" for name, path in built.items()}


@pytest.fixture(scope="module")
def drawn():
    return list(sent_pictures.test_pictures())


@pytest.fixture(scope="module")
def sent(drawn):
    """All but the huge one, which costs seconds and has a test of its own."""
    return [picture for picture in drawn if not picture.name.startswith("huge")]


@pytest.fixture(scope="module")
def huge(drawn):
    return [picture for picture in drawn if picture.name.startswith("huge")]


@pytest.mark.parametrize(
    ("model", "force_simple"),
    [
        ("qwen2_vl", False),
        ("qwen2_5_vl", False),
        ("qwen2_5_vl", True),
        ("llava_hf", False),
        ("llava_hf", True),
        ("openai", False),
        ("openai", True),
        ("async_openai", False),
    ],
)
def test_every_pixel_arrives(model, force_simple, checkpoints, sent):
    found = list(probe.inspect(model, sent, model_args=checkpoints.get(model), force_simple=force_simple))
    assert [finding.name for finding in found] == [picture.name for picture in sent]
    assert [finding.name for finding in found if not finding.transport_lossless] == []
    limits = pixels.limits_of(model, force_simple=force_simple)
    for finding in found:
        if limits is None:
            assert finding.after == finding.before
        else:
            # What a run's result says about resizing is what the model's own processor did.
            assert finding.arrival.seen == pixels.fitted(finding.before, limits)
    if model.endswith("openai"):
        assert {finding.arrival.media_type for finding in found} == {"image/png"}


@pytest.mark.parametrize(
    ("model", "arrives", "seen"),
    [
        # 2400 x 1800 > 602112: shrink sqrt(4320000 / 602112) = 2.6786; 896.0, 672.0 -> 31 x 28 and 23 x 28.
        ("qwen2_vl", (868, 644), (868, 644)),
        # First to multiples of 28: 85.7, 64.3 -> 86, 64. Then 2408 x 1792 > 1605632: shrink sqrt(4315136 / 1605632)
        # = 1.6394; 1468.8, 1093.1 -> 52 x 28 and 39 x 28.
        ("qwen2_5_vl", (2408, 1792), (1456, 1092)),
    ],
)
def test_a_picture_above_the_limit_is_reported_as_resized(model, arrives, seen, checkpoints, huge):
    (finding,) = probe.inspect(model, huge, model_args=checkpoints[model])
    assert finding.transport_lossless
    assert finding.comparison.resized_with == "bicubic"
    assert (finding.before, finding.after, finding.arrival.seen) == ((2400, 1800), arrives, seen)
    assert pixels.summary([finding.before], pixels.limits_of(model))["beyond_rounding"] == 1


def test_the_harness_s_own_path_is_lossy(checkpoints, sent):
    found = list(probe.inspect("qwen2_vl", sent, model_args=checkpoints["qwen2_vl"], transport="as_is"))
    assert not any(finding.transport_lossless for finding in found)
    assert min(finding.comparison.psnr for finding in found) < 25


def test_jpeg_by_choice_is_the_harness_s_usual_picture(checkpoints, sent):
    usual, chosen = (
        [
            finding.arrival.pixels
            for finding in probe.inspect("qwen2_vl", sent, model_args=checkpoints["qwen2_vl"], transport=transport)
        ]
        for transport in ("as_is", "jpeg85")
    )
    # The second is JPEG twice (ours, then the backend's), so equal only in kind; on openai it would be once.
    errors = [probe.compare(first, second).psnr for first, second in zip(usual, chosen, strict=True)]
    assert min(errors) > 20


def expected(file, limits):
    """What the processor of a Qwen backend is given for a picture file: nothing but a resize."""
    image = pixels.decode(file)
    return np.asarray(image.resize(pixels.fitted(image.size, limits)))


@pytest.fixture(scope="module")
def other_task(tmp_path_factory):
    """A task of somebody else: one picture, handed over as a plain image. Returns its folder and the picture."""
    import datasets

    folder = tmp_path_factory.mktemp("other")
    noise = np.random.default_rng(5).integers(0, 256, (56, 84, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    rows = datasets.Dataset.from_dict({"bytes": [file.getvalue()]})
    datasets.DatasetDict({"test": rows}).save_to_disk(folder / "table")
    (folder / "hooks.py").write_text(
        textwrap.dedent(
            """
            import io
            from PIL import Image

            def visual(doc):
                return [Image.open(io.BytesIO(doc["bytes"])).convert("RGB")]

            def text(doc):
                return "What is this?"

            def results(doc, replies):
                return {"length": float(len(replies[0]))}
            """
        )
    )
    (folder / "other.yaml").write_text(
        textwrap.dedent(
            f"""
            task: other
            dataset_path: {folder / "table"}
            dataset_kwargs: {{load_from_disk: true}}
            test_split: test
            output_type: generate_until
            doc_to_visual: !function hooks.visual
            doc_to_text: !function hooks.text
            doc_to_target: "A"
            process_results: !function hooks.results
            generation_kwargs: {{max_new_tokens: 2, temperature: 0, do_sample: false, until: ["<|im_end|>"]}}
            metric_list: [{{metric: length, aggregation: mean, higher_is_better: true}}]
            """
        )
    )
    return folder, noise


def run(model, model_args, tasks, folders=(), own_first=False, **options):
    """One run of the harness; returns its results and what the processor got. ``own_first``: as --include_path."""
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.tasks import TaskManager

    paths = [*folders, str(task_folder())] if own_first else [str(task_folder()), *folders]
    manager = TaskManager(include_path=paths, include_defaults=False, model_name=model)
    settings = {"limit": ITEMS, "bootstrap_iters": 0, "gen_kwargs": "max_new_tokens=4", **options}
    with probe.processor_input() as arrivals:
        results = simple_evaluate(model=model, model_args=model_args, tasks=tasks, task_manager=manager, **settings)
    return results, [arrival.pixels for arrival in arrivals]


def test_two_pictures_in_order_in_batches_and_beside_another_task(checkpoints, other_task):
    folder, noise = other_task
    tasks = ["medq_mini_comparison", "other"]
    results, arrived = run("qwen2_vl", checkpoints["qwen2_vl"], tasks, [str(folder)], batch_size=3)
    limits = pixels.limits_of("qwen2_vl")
    table = data.open_table(data.prepare("comparison", "mini", Settings.from_env()).path)
    pairs = [tuple(expected(file, limits).tobytes() for file in table.images(row)) for row in range(ITEMS)]
    assert all(first != second for first, second in pairs)
    # The other task's picture took the harness's usual way: JPEG, quality 85 (56 x 84 needs no resize).
    usual = np.asarray(pixels.hand_over(Image.fromarray(noise), "jpeg85")).tobytes()
    stream = [array.tobytes() for array in arrived]
    assert stream.count(usual) == 1
    stream.remove(usual)
    assert len(stream) == 2 * ITEMS
    assert sorted(zip(stream[::2], stream[1::2], strict=True)) == sorted(pairs)
    told = results["configs"]["medq_mini_comparison"]["metadata"]["medq"]["pictures"]
    assert told["pictures"] == 2 * ITEMS


def test_a_batch_never_mixes_tasks(checkpoints):
    # 49 backends of lmms-eval 0.7.3 (qwen2_vl: `task = task[0]`) take a whole batch from its first request's task.
    # Three tasks in batches of 3: were they mixed, an item would get the pictures of another table's row.
    _, arrived = run("qwen2_vl", checkpoints["qwen2_vl"], ["medq_mini"], batch_size=3)
    limits = pixels.limits_of("qwen2_vl")
    wanted = [
        expected(file, limits).tobytes()
        for kind in ("perception", "no_reference", "comparison")
        for row in range(ITEMS)
        for file in data.open_table(data.prepare(kind, "mini", Settings.from_env()).path).images(row)
    ]
    assert sorted(array.tobytes() for array in arrived) == sorted(wanted)


@pytest.mark.parametrize("model", ["qwen2_5_vl", "llava_hf"])
def test_chat_backends_get_the_table_s_pixels(model, checkpoints):
    _, arrived = run(model, checkpoints[model], ["medq_mini_perception"], batch_size=1)
    table = data.open_table(data.prepare("perception", "mini", Settings.from_env()).path)
    files = [table.images(row)[0] for row in range(ITEMS)]
    # qwen-vl-utils rounds to multiples of 28 first; its own limits are far away for these sizes.
    wide = pixels.Limits(28, 3136, 12845056)
    wanted = [np.asarray(pixels.decode(file)) if model == "llava_hf" else expected(file, wide) for file in files]
    assert sorted(array.tobytes() for array in arrived) == sorted(array.tobytes() for array in wanted)


def test_the_result_says_how_the_pictures_were_handed_over(checkpoints):
    results, _ = run("qwen2_vl", checkpoints["qwen2_vl"], ["medq_mini_perception"], limit=1)
    config = results["configs"]["medq_mini_perception"]
    assert config["lmms_eval_specific_kwargs"] == {"image_transport": "png"}
    assert "pixels_changed" not in config["metadata"]["medq"]
    assert config["metadata"]["medq"]["image_environment"] == {}
    assert config["metadata"]["medq"]["pictures"]["pictures"] == 1


WORDS = "lmms_eval_specific_kwargs:\n  {block}:\n    pre_prompt: 'Look at this. '\n"


def copied(folder, kind, block="default"):
    """The ways in which people set words of their own; returns the folder to include and the name of the task."""
    words = WORDS.format(block=block)
    if kind == "a YAML that includes ours":
        template = task_folder() / "perception" / "medq_mini_perception.yaml"
        (folder / "mine.yaml").write_text(f"include: {template}\ntask: mine\n{words}")
        return folder, "mine"
    copy = folder / "copy"
    shutil.copytree(task_folder(), copy)
    if kind == "one leaf":
        leaf = copy / "perception" / "medq_mini_perception.yaml"
        leaf.write_text(leaf.read_text().replace("task: medq_mini_perception", "task: mine") + words)
        return copy, "mine"
    for template in (
        copy.rglob("_*_template") if kind == "the whole folder" else [copy / "perception/_perception_template"]
    ):
        template.write_text(template.read_text() + words)
    return copy, "medq_mini_perception"


@pytest.mark.parametrize(
    ("kind", "block"),
    [
        ("the whole folder", "default"),
        ("one template", "default"),
        ("one template", "qwen2_vl"),
        ("one leaf", "default"),
        ("a YAML that includes ours", "default"),
        ("a YAML that includes ours", "qwen2_vl"),
    ],
)
def test_words_of_ones_own_leave_the_pixels_exact(kind, block, checkpoints, tmp_path):
    folder, task = copied(tmp_path, kind, block)
    results, arrived = run("qwen2_vl", checkpoints["qwen2_vl"], [task], folders=[str(folder)], limit=1, own_first=True)
    table = data.open_table(data.prepare("perception", "mini", Settings.from_env()).path)
    wanted = expected(table.images(0)[0], pixels.limits_of("qwen2_vl"))
    assert [array.tobytes() for array in arrived] == [wanted.tobytes()]
    config = results["configs"][task]
    assert config["lmms_eval_specific_kwargs"]["image_transport"] == "png"
    assert str(results["samples"][task][0]["arguments"][0]).startswith("Look at this. Question: ")


def test_the_user_s_own_words_reach_the_model_beside_exact_pixels_and_stand_in_record_and_result(
    checkpoints, tmp_path, monkeypatch
):
    words = words_file(tmp_path, "words.yaml")
    leaf = task_folder() / "perception" / "medq_mini_perception.yaml"
    block = f"lmms_eval_specific_kwargs:\n  default:\n    prompts: {words}\n"
    (tmp_path / "mine.yaml").write_text(f"include: {leaf}\ntask: mine\n{block}")
    monkeypatch.setenv("MEDQ_PROMPTS", str(checkout(tmp_path / "VLMEvalKit")))
    know(monkeypatch, tmp_path / "VLMEvalKit")
    tasks = ["mine", "medq_mini_perception"]
    results, arrived = run("qwen2_vl", checkpoints["qwen2_vl"], tasks, folders=[str(tmp_path)], limit=1)
    table = data.open_table(data.prepare("perception", "mini", Settings.from_env()).path)
    wanted = expected(table.images(0)[0], pixels.limits_of("qwen2_vl"))
    assert [array.tobytes() for array in arrived] == [wanted.tobytes()] * 2
    for task, choice, name in (("mine", words, "words.yaml"), ("medq_mini_perception", tmp_path / "VLMEvalKit", "")):
        (sample,) = results["samples"][task]
        asked, stamp = prompts.in_force(str(choice), "perception")
        assert str(sample["arguments"][0]) == asked.ask(table.row(0)["question"], options_of(table.row(0)))
        assert sample["record"]["prompts"] == {"name": name or "reference", "hash": stamp.hash}
        assert results["configs"][task]["metadata"]["medq"]["prompts"] == sample["record"]["prompts"]


def test_a_lossy_path_that_was_asked_for_is_said_in_the_result(checkpoints, tmp_path):
    folder, task = copied(tmp_path, "a YAML that includes ours")
    leaf = folder / "mine.yaml"
    leaf.write_text(leaf.read_text() + "    image_transport: as_is\n")
    results, _ = run("qwen2_vl", checkpoints["qwen2_vl"], [task], folders=[str(folder)], limit=1)
    told = results["configs"][task]["metadata"]["medq"]["pixels_changed"]
    assert told == "image_transport: as_is lets qwen2_vl make JPEG at quality 85 of each picture"


class TestStore:
    """``--use_cache``: nothing is answered that was not asked, and nothing is asked twice."""

    @pytest.fixture
    def asked(self, checkpoints, tmp_path):
        """Runs once more over the same store and returns how many pictures the model was asked about."""

        def asked():
            _, arrived = run(
                "qwen2_vl", checkpoints["qwen2_vl"], ["medq_mini_perception"], use_cache=str(tmp_path), batch_size=1
            )
            return len(arrived)

        return asked

    def test_the_same_again_is_answered_and_another_prompt_or_pixel_path_is_not(self, asked, monkeypatch, tmp_path):
        assert asked() == ITEMS
        assert asked() == 0
        with monkeypatch.context() as changed:
            changed.setattr(provenance, "code_hash", lambda: "pixels decoded by another rule")
            assert asked() == ITEMS
        with monkeypatch.context() as changed:
            changed.setenv("LMMS_IMAGE_ENCODE_FORMAT", "JPEG")
            assert asked() == ITEMS
        with monkeypatch.context() as changed:
            words = prompts.DEFAULT_FILE.read_text(encoding="utf-8").replace("Options:", "Choices:")
            (tmp_path / "words.yaml").write_text(words, encoding="utf-8")
            changed.setenv("MEDQ_PROMPTS", str(tmp_path / "words.yaml"))
            assert asked() == ITEMS
        assert asked() == 0
