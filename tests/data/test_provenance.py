from pathlib import Path

from medq_tasks import __version__
from medq_tasks.data import PreparedTable, provenance


def test_what_can_move_a_score_is_named_with_its_version():
    found = provenance.versions()
    assert found["medq-tasks"] == __version__
    assert set(provenance.PACKAGES) <= set(found)
    assert found["pillow"]


def test_a_package_that_is_not_there_has_no_version(monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGES", ("no-such-package",))
    assert provenance.versions()["no-such-package"] == ""


def test_the_code_s_hash_follows_the_sources_that_make_prompts_and_pixels(monkeypatch, tmp_path):
    # The harness's cache knows no code: a changed prompt or decoder must change the task's configuration.
    for name in (
        "prompts/words.py",
        "prompts/default.yaml",
        "transports.py",
        "harness/exact_pixels.py",
        "harness/inputs.py",
        "harness/own_pictures.py",
        "pixels/decoding.py",
        "harness/backends/claude.py",
        "harness/padding.py",
        "metrics.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "data" / "provenance.py"))
    before = provenance.code_hash()
    (tmp_path / "metrics.py").write_text("two")
    assert provenance.code_hash() == before
    (tmp_path / "pixels" / "decoding.py").write_text("two")
    after = provenance.code_hash()
    assert after != before
    (tmp_path / "prompts" / "default.yaml").write_text("two")
    assert provenance.code_hash() != after
    (tmp_path / "pixels" / "second.py").write_text("one")
    (tmp_path / "pixels" / "third.py").write_text("one")
    found, walk = provenance.code_hash(), Path.rglob
    assert len(found) == 16
    assert found != after
    # Another file system lists its files in another order.
    monkeypatch.setattr(Path, "rglob", lambda self, pattern: sorted(walk(self, pattern), reverse=True))
    assert provenance.code_hash() == found


def test_what_the_result_file_says_about_a_task(monkeypatch):
    monkeypatch.setenv("LMMS_IMAGE_ENCODE_FORMAT", "JPEG")
    monkeypatch.setenv("LMMS_IMAGE_JPEG_QUALITY", "70")
    table = PreparedTable(Path("t"), "f" * 64, "data.tsv", 3, ("a note",), "perception", "test")
    assert provenance.task_metadata(table) == {
        "table": {
            "kind": "perception",
            "split": "test",
            "rows": 3,
            "source": "data.tsv",
            "fingerprint": "f" * 64,
            "notes": ["a note"],
        },
        "input_code": provenance.code_hash(),
        "image_environment": {"LMMS_IMAGE_ENCODE_FORMAT": "JPEG", "LMMS_IMAGE_JPEG_QUALITY": "70"},
        "versions": provenance.versions(),
    }
    monkeypatch.delenv("LMMS_IMAGE_ENCODE_FORMAT")
    monkeypatch.setenv("LMMS_IMAGE_JPEG_QUALITY", "")
    assert provenance.task_metadata(table)["image_environment"] == {}
