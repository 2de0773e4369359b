"""What an encoding lacks: it still reads, and what the encoding has is left alone."""

from __future__ import annotations

import pytest

from medq_tasks.wording.lacking import HANDLER, HANDLER_WITH_CODES


@pytest.mark.parametrize(
    ("encoding", "text", "printed"),
    [
        ("ascii", "96.67 (87.5–99.2)", "96.67 (87.5-99.2)"),
        ("ascii", "model · judge", "model - judge"),
        ("ascii", "0.9 ± 0.1, 3 × 4, ≥ 2, a → b, 5 µm", "0.9 +- 0.1, 3 x 4, >= 2, a -> b, 5 um"),
        ("ascii", "█▌ ─│┼", "## -|+"),
        ("ascii", "café, Ångström, ﬁne…", "cafe, Angstrom, fine..."),
        ("ascii", "日本", "??"),
        ("cp1252", "87.5–99.2 ± 1 · … café", "87.5–99.2 ± 1 · … café"),
        ("cp1252", "a → b ≥ ─ 日", "a -> b >= - ?"),
        ("ascii", "break\u200bless", "breakless"),
    ],
)
def test_a_character_that_is_lacking_becomes_one_that_says_the_same(encoding: str, text: str, printed: str) -> None:
    assert text.encode(encoding, HANDLER).decode(encoding) == printed


def test_with_codes_nothing_is_lost() -> None:
    assert "日 – \U0001f600".encode("ascii", HANDLER_WITH_CODES) == b"\\u65e5 - \\U0001f600"


def test_what_cannot_be_read_is_not_its_business() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", HANDLER)
