"""The head of a 笔录: moments without an offset."""

from __future__ import annotations

from datetime import timedelta

from cases.header import moment


def test_a_moment_without_an_offset_is_chinese_time() -> None:
    naive, told = moment("2026-03-05T09:10"), moment("2026-03-05T01:10+00:00")
    assert naive is not None
    assert naive == told
    assert naive.utcoffset() == timedelta(hours=8)
    assert moment(None) is None
    assert moment("九点") is None
    assert moment("0001-01-01T00:00+14:00") is None
    assert moment("9999-12-31T23:59") is None
