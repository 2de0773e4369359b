"""Tables in a terminal that is too narrow for them."""

from __future__ import annotations

from rich.console import Console

from medq_tasks.wording.fitting import fitted


def test_a_column_without_a_value_is_not_named_where_rows_become_lines(capsys) -> None:
    rows = [["metric", "medq_first_task", "medq_second_task"], ["overall", "", "8"], ["judged", "1", "0"]]
    Console(width=30).print(*fitted("Judged", rows, 30), sep="\n")
    said = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert said[:3] == ["Judged", "overall", "medq_second_task 8"]
    assert " ".join(said[3:]) == "judged medq_first_task 1; medq_second_task 0"
