from medq_tasks.wording.plural import counted


def test_one_and_several():
    assert [counted(n, "row") for n in (0, 1, 2, 1305)] == ["0 rows", "1 row", "2 rows", "1,305 rows"]
    assert [counted(n, "reply is", "replies are") for n in (1, 2)] == ["1 reply is", "2 replies are"]
