import pytest

from medq_tasks.cli.words import spread


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ("gate RUN --min a=1", "gate RUN --min a=1"),
        ("gate RUN --min a=1 b=2 c=3", "gate RUN --min a=1 --min b=2 --min c=3"),
        ("gate --min a=1 b=2 --max c=3 d=4 RUN", "gate --min a=1 --min b=2 --max c=3 --max d=4 RUN"),
        ("gate RUN --min a[modality=ct]=1 --baseline B", "gate RUN --min a[modality=ct]=1 --baseline B"),
        ("gate --min a=1 RUN=odd", "gate --min a=1 --min RUN=odd"),
        ("gate --min a=1 RUN b=2", "gate --min a=1 RUN b=2"),
        ("gate RUN --max-drop 0.1 --min=a=1", "gate RUN --max-drop 0.1 --min=a=1"),
        ("report RUN -o a=b.html", "report RUN -o a=b.html"),
    ],
)
def test_several_values_after_one_flag(given, parsed):
    assert spread(given.split()) == parsed.split()
