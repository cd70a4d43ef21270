"""What is written is there whole or not at all, versions replace each other, and other cases are never read."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from cases.failpoint import VARIABLE
from cases.search import postings
from cases.search.index import FILE, FOLDER, SearchIndex
from cases.search.matching import Matches
from cases.search.reading import reading
from cases.search.segments import FANOUT
from models.errors import Unavailable
from tests.cases.search.conftest import document, matched, source

ASKED = ("盗窃", "张三 盗窃", "NOT 盗窃", "盗窃 OR 诈骗", '"张三盗窃"', "张", "zs", "type:书", "person:zs", "date:2026")


def test_a_new_version_takes_the_place_of_the_old_one(index, find) -> None:
    index.write([source("r", "a", "张三盗窃", "第二份")])
    index.write([source("r", "a", "李四诈骗", version=2)])
    assert find("张三") == []
    assert find("第二份") == []
    assert find("李四") == ["r"]
    index.write([source("r", "a", "张三盗窃", version=1)])  # late by some way: the newer one stays
    assert find("李四") == ["r"]


def test_what_is_gone_is_found_no_more(index, find) -> None:
    index.write([source("r", "a", "张三盗窃", names=(("zs", "张三"),)), source("s", "a", "李四")])
    index.write([], gone=["r"])
    assert find("张三") == []
    assert find("zs") == []
    assert find("NOT 王五") == ["s"]
    assert index.versions() == {"s": 1}


def test_many_small_writes_are_merged_and_drop_what_was_replaced(index, find) -> None:
    for n in range(FANOUT**2 + 3):
        index.write([source(f"r{n % 10}", "a", f"张三第{n}号", version=n)])
    with sqlite3.connect(index.file) as connection:
        levels = [row[0] for row in connection.execute("SELECT level FROM segments")]
        places = sum(len(postings.unpacked([row[0]])) for row in connection.execute("SELECT entries FROM postings"))
    assert max(levels) >= 1
    assert len(levels) < FANOUT * 3
    # 67 versions were written, 10 are there: most of what was replaced went with the merges.
    assert places < 67 * len("张三第1号") * 2 / 2
    assert len(find("张三")) == 10
    assert find("第66号") == ["r6"]
    assert find("第5号") == []


def test_every_step_of_a_write_may_be_the_last(index) -> None:
    index.write([source(f"r{n}", "a", f"张三第{n}号") for n in range(FANOUT - 1)])
    before = _state(index)
    points = ("search.forgotten", "search.added", "search.merged", "search.committed")
    for point in points:
        child = os.fork()
        if child == 0:
            os.environ[VARIABLE] = f"{point}:1"
            index.write([source("r0", "a", "李四", version=2)], reached=7)
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, point
        after = _state(index)
        assert after == before if point != "search.committed" else after != before
    assert index.versions()["r0"] == 2
    assert index.reached() == 7


def _state(index: SearchIndex) -> list[tuple[str, int, str]]:
    with reading(index, None) as look:
        found = look.found(matched(look, "NOT 王五").ids.tolist())
        counted = len(matched(look, "张三").ids)
    return [*sorted((one.source, one.version, one.kept.text) for one in found), ("counted", counted, "")]


def test_a_reading_sees_one_moment(index) -> None:
    index.write([source("r", "a", "张三")])
    with sqlite3.connect(index.file) as held:
        mode = held.execute("PRAGMA journal_mode").fetchone()[0]
    with reading(index, None) as look:
        assert len(look.documents) == 1
        if mode == "wal":
            index.write([source("s", "a", "张三")])
        assert len(matched(look, "张三").ids) == 1


# --- rights -----------------------------------------------------------------------------------------------------------
def _essence(index: SearchIndex, query: str, cases: list[str]) -> tuple[object, ...]:
    with reading(index, cases) as look:
        found: Matches = matched(look, query)
        texts = [one.kept.text for one in look.found(found.ids.tolist())]
    return texts, found.scores.tolist(), found.kinds, found.readings


def _own(n: int) -> object:
    text = f"张三盗窃第{n}号" if n % 2 else f"李四诈骗第{n}号"
    return source(f"own{n}", "mine", document(text, type="书", persons=("张三",)), names=(("zs", "张三"),))


def _other(n: int) -> object:
    text = "张三盗窃" * n + "周盛诈骗"
    return source(f"other{n}", "theirs", document(text, type="书", persons=("周盛",)), names=(("zs", "周盛"),))


def test_answers_numbers_and_ranks_are_those_of_an_index_without_the_other_case(index, tmp_path: Path) -> None:
    alone = SearchIndex(tmp_path / "alone")
    for n in range(12):
        index.write([_own(n), _other(n)])  # type: ignore[list-item]
        alone.write([_own(n)])  # type: ignore[list-item]
    for query in ASKED:
        assert _essence(index, query, ["mine"]) == _essence(alone, query, ["mine"]), query
    assert _essence(index, "盗窃", ["mine"]) != _essence(index, "盗窃", ["mine", "theirs"])


def test_nothing_of_another_case_is_even_read(index) -> None:
    """Whatever of the other case is broken on disk: who may not read it never meets it."""
    index.write([_own(1), _own(2), _other(3)])  # type: ignore[list-item]
    with sqlite3.connect(index.file) as spoiler:
        key = spoiler.execute("SELECT key FROM cases WHERE case_id = 'theirs'").fetchone()[0]
        spoiler.execute("UPDATE postings SET entries = x'01ff' WHERE case_key = ?", (key,))
        spoiler.execute("UPDATE segments SET documents = x'01' WHERE case_key = ?", (key,))
        spoiler.execute(
            "UPDATE texts SET body = x'01' WHERE id IN (SELECT id FROM documents WHERE case_key = ?)", (key,)
        )
        spoiler.execute("UPDATE names SET name = zeroblob(3) WHERE case_key = ?", (key,))
        spoiler.execute("UPDATE documents SET day = x'00', until = x'00', person = x'00' WHERE case_key = ?", (key,))
    for query in ASKED:
        assert _essence(index, query, ["mine"])
    with pytest.raises(Exception), reading(index, ["mine", "theirs"]) as look:  # noqa: B017  # whatever broke
        matched(look, "盗窃")


def test_the_way_of_reading_hangs_on_the_rights_alone(index) -> None:
    """A first hidden case must not turn the reading from a scan of all to look-ups: that would take another time."""
    index.write([_own(1)])  # type: ignore[list-item]
    with reading(index, ["mine"]) as look:
        narrow = look._rows("t.id", "documents", "1")
        assert narrow.fetchall()
        assert look._whole is False


# --- the file ---------------------------------------------------------------------------------------------------------
def test_the_index_is_for_its_owner_alone(index) -> None:
    index.write([])
    assert index.file.stat().st_mode & 0o077 == 0
    assert index.file.parent.stat().st_mode & 0o077 == 0


def test_an_index_of_another_format_is_made_anew(index, find) -> None:
    index.write([source("r", "a", "张三")], reached=5)
    with sqlite3.connect(index.file) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'format'")
    assert index.reached() is None
    assert find("张三") == []
    index.write([source("r", "a", "张三")])
    assert find("张三") == ["r"]


def test_a_file_that_is_no_index_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_bytes(b"no database at all, and long enough to be read as one" * 20)
    with pytest.raises(Unavailable, match="remove it"):
        SearchIndex(tmp_path).versions()


def test_rows_give_back_what_they_were_made_of() -> None:
    rng = np.random.default_rng(5)
    units = rng.integers(0x4E00, 0x4E10, 5000).astype(np.uint16)
    made = postings.entries_of(units, 77)
    rows = dict(postings.rows_of(made))
    assert np.array_equal(np.sort(postings.unpacked(list(rows.values()))), np.sort(made))
    for bucket, row in rows.items():
        pairs = set((postings.unpacked([row]) >> np.uint64(32)).tolist())
        assert {postings.bucket_of(pair) for pair in pairs} == {bucket}
