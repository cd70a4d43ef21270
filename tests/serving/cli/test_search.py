"""`anjuan search` and `anjuan corpus import` of a statute: what they print, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.codec import to_json_object
from serving.cli.data_folder import DataFolder, opened_store, operator
from serving.cli.main import run
from tests.pipelines.intelligence.search.samples import VOLUME
from tests.pipelines.intelligence.test_statutes import TEXT


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one volume and one statute."""
    folder = tmp_path / "data"
    with opened_store(DataFolder(folder, None)) as store:
        actor = operator(store)
        case = store.create_case(actor, "张伟盗窃案")
        from cases.blobs import LocalBlobs

        with LocalBlobs(folder / "blobs").receive() as incoming:
            incoming.write(b"%PDF")
            item = store.add_evidence(actor, case.id, "卷.pdf", incoming.commit(), "application/pdf", {})
        store.submit_job(actor, case.id, item.id, "scan", {}, "1")
        lease = store.claim("test", ["scan"], 60)
        assert lease is not None
        store.finish(lease, "scan", to_json_object(VOLUME), [])
    (tmp_path / "法.md").write_text(TEXT, encoding="utf-8")
    assert run(["corpus", "import", str(tmp_path / "法.md"), "--data", str(folder), "--since", "2013-01-01"]) == 0
    return folder


@pytest.fixture(autouse=True)
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary of two words: the real one takes seconds, and has a test of its own."""
    words = [("houmen", 0, "后门"), ("hm", 0, "后门")]
    monkeypatch.setattr("pipelines.intelligence.search.follow.dictionary", lambda: iter(words))


@pytest.fixture
def asked(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, object]]:
    """The JSON that a search prints."""

    def ask(*arguments: str) -> dict[str, object]:
        capsys.readouterr()
        assert run(["search", *arguments, "--data", str(data), "--json"]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    return ask


def test_a_search_finds_records_and_statutes_at_once(asked) -> None:
    hits = asked("“河滨市场后门”")["hits"]
    assert [(hit["kind"], hit["places"][0]["page"]) for hit in hits] == [("file", 1)]
    article = asked("示范 来源：法条")["hits"][0]
    assert (article["title"], article["case"]) == ("示范法 第一条", None)
    assert asked("hm")["readings"] == {"hm": ["后门"]}
    assert asked("不属于任何文书", "--rebuild")["total"] == 1


def test_people_read_a_line_and_a_snippet(data: Path, capsys) -> None:
    capsys.readouterr()
    assert run(["search", "后门", "--data", str(data)]) == 0
    out, told = capsys.readouterr()
    assert "张伟盗窃案\t起诉意见书\t第1页\t" in out
    assert "1 found" in told


def test_a_fault_says_what_to_do_and_exits_with_2(data: Path, capsys) -> None:
    assert run(["search", "(后门", "--data", str(data)]) == 2
    assert "write )" in capsys.readouterr().err


def test_a_statute_without_days_is_refused(data: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "b.md").write_text("# 法\n\n第一条 无日期", encoding="utf-8")
    assert run(["corpus", "import", str(tmp_path / "b.md"), "--data", str(data)]) == 2
    assert "--since" in capsys.readouterr().err
