"""Judgments come in once, masked, and an import that was stopped goes on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cases.corpus import CorpusStore, Reached
from models.errors import BadInput
from pipelines.intelligence.corpus import import_file, read_judgments
from pipelines.intelligence.masking import masked
from serving.cli.main import run
from tests.pipelines.intelligence.judgments import driving, drugs, theft, written


def test_a_judgment_is_taken_once_whatever_file_and_id_it_comes_under(tmp_path: Path) -> None:
    store = CorpusStore(tmp_path / "data")
    first = import_file(written(tmp_path / "a.jsonl", [theft("1", 3000), driving("2")]), store)
    again = import_file(written(tmp_path / "b.jsonl", [theft("9", 3000), drugs("3", 5)]), store)
    assert (first.new, again.new, store.count()) == (2, 1, 3)


def test_an_import_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    store = CorpusStore(tmp_path / "data")
    given = [theft(str(n), n) for n in range(1, 451)]
    file = written(tmp_path / "a.jsonl", given)

    def stop(line: int) -> None:
        if line == 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(file, store, on_line=stop)
    assert store.count() == 200
    resumed = import_file(file, store)
    assert (resumed.resumed_at, resumed.lines, store.count()) == (200, 250, 450)
    assert import_file(file, store).lines == 0


def test_names_of_parties_are_masked_on_import(tmp_path: Path) -> None:
    store = CorpusStore(tmp_path / "data")
    import_file(written(tmp_path / "a.jsonl", [theft("1", 3000)]), store)
    kept = next(store.judgments())
    assert "王小明" not in kept.name + kept.facts + kept.view + kept.result
    assert "被告人王某伙同他人" in kept.facts


def test_names_stay_when_they_are_meant_to(tmp_path: Path) -> None:
    store = CorpusStore(tmp_path / "data")
    import_file(written(tmp_path / "a.jsonl", [theft("1", 3000)]), store, mask=False)
    assert "王小明" in next(store.judgments()).facts


def test_a_judgment_without_names_is_left_as_it_is() -> None:
    given = theft("1", 3000)
    assert masked(masked(given)) == masked(given)


def test_gzip_is_read_by_its_bytes(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.jsonl", [theft("1", 3000)])
    packed = tmp_path / "packed.jsonl"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read_judgments(packed)) == list(read_judgments(plain))


def test_zstandard_is_read(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    plain = written(tmp_path / "a.jsonl", [theft("1", 3000)])
    packed = tmp_path / "a.jsonl.zst"
    packed.write_bytes(zstandard.ZstdCompressor().compress(plain.read_bytes()))
    assert list(read_judgments(packed)) == list(read_judgments(plain))


@pytest.mark.parametrize(
    "line",
    [
        "nothing",
        "[]",
        '{"facts": "x"}',
        '{"id": "1", "facts": 3}',
        '{"id": "1", "months": -1}',
        '{"id": "1", "months": true}',
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 1"):
        list(read_judgments(file))


def test_a_cut_gzip_is_bad_input(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.jsonl", [theft("1", 3000), drugs("2", 5)])
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(plain.read_bytes())[:-20])
    with pytest.raises(BadInput, match="cannot be read to its end"):
        list(read_judgments(file))


def test_the_place_reached_never_goes_back(tmp_path: Path) -> None:
    store = CorpusStore(tmp_path)
    store.add([], "x", Reached(10, finished=True))
    store.add([], "x", Reached(4, finished=False))
    assert store.reached("x") == Reached(10, finished=True)


def test_the_command_imports_and_leaves_its_trace_in_the_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "a.jsonl", [theft("1", 3000), drugs("2", 5)])
    assert run(["corpus", "import", str(file), "--data", str(tmp_path / "data")]) == 0
    assert "2 judgments" in capsys.readouterr().out
    assert run(["verify", "--data", str(tmp_path / "data")]) == 0
