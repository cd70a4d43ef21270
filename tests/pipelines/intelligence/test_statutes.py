"""Statutes in markdown become articles with the days they are in force; a later version ends the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.statutes import StatuteStore
from models.errors import BadInput
from pipelines.intelligence.statutes import read_statute, sources_of

TEXT = """# 示范法

2012年3月14日 通过

2013年1月1日 施行

<!-- INFO END -->

## 第一章 总则

第一条 为了示范，制定本法。

第二条　本法有两款。

第二款在这里。

第三条之一 ２０２６年施行的条文。
"""


def write(folder: Path, text: str, name: str = "法.md") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_articles_keep_their_number_heading_and_paragraphs(tmp_path: Path) -> None:
    statute = read_statute(write(tmp_path, TEXT))
    assert (statute.title, statute.since, statute.until) == ("示范法", "2013-01-01", "")
    assert [one.number for one in statute.articles] == ["第一条", "第二条", "第三条之一"]
    assert statute.articles[1].text == "本法有两款。\n第二款在这里。"
    assert statute.articles[0].heading == "第一章 总则"


def test_a_later_version_ends_the_one_before(tmp_path: Path) -> None:
    store = StatuteStore(tmp_path)
    old = read_statute(write(tmp_path, TEXT))
    new = read_statute(write(tmp_path, TEXT.replace("两款", "三款")), since="2021-03-01")
    assert store.add(old)
    before = {one.id: one.version for one in sources_of(store.statutes())}
    assert store.add(new)
    assert not store.add(new)
    kept = [statute for _, statute in store.statutes()]
    assert [(one.since, one.until) for one in kept] == [("2013-01-01", "2021-02-28"), ("2021-03-01", "")]
    after = {one.id: one.version for one in sources_of(store.statutes())}
    assert all(after[one] > version for one, version in before.items())
    fields = [document.fields for one in sources_of(store.statutes()) for document in one.documents]
    assert {field.until for field in fields} == {"2021-02-28", "9999-12-31"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("第一条 没有标题", "statute.title"),
        ("# 法\n\n没有条文", "statute.articles"),
        ("# 法\n\n第一条 没有日期", "statute.since"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_statute(write(tmp_path, text))
    assert refused.value.code == code


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "法.md"
    file.write_bytes("# 示范法".encode("gb18030"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_statute(file)
