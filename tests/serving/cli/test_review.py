"""`anjuan review`: alarms as text, JSON and tables, answers that stay, clear words for what does not fit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cases.blobs import LocalBlobs
from cases.codec import to_json_object
from cases.records import Actor, Role, ScanRecord
from cases.store import Store
from pipelines.files.catalogue.documents import documents_of
from serving.cli.main import run
from tests.serving.api.test_review import MADE, sheet

LI = Actor("acc_li", "li", Role.OFFICER)


@pytest.fixture
def case(tmp_path: Path) -> tuple[str, str]:
    """A data folder and the case in it that a read volume of two documents without seals is of."""
    data = tmp_path / "data"
    data.mkdir()
    store = Store.open(f"sqlite:///{data / 'anjuan.db'}", signing_key_path=data / "keys" / "audit.ed25519")
    made = store.create_case(LI, "张三盗窃案")
    with LocalBlobs(data / "blobs").receive() as incoming:
        incoming.write(b"%PDF")
        item = store.add_evidence(LI, made.id, "卷.pdf", incoming.commit(), "application/pdf", {})
    store.submit_job(LI, made.id, item.id, "scan", {}, "1")
    lease = store.claim("a test", ["scan"], 60.0)
    assert lease is not None
    pages = (sheet(1, "立案决定书", "2024年3月18日"), sheet(2, "拘留证", "执行拘留时间：2024年3月16日10时05分"))
    store.finish(lease, "scan", to_json_object(ScanRecord(pages, documents_of(pages), "", replace(MADE))), [])
    store.close()
    return str(data), made.id


def reviewed(case: tuple[str, str], capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    assert run(["review", case[1], "--data", case[0], "--json", *more]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_alarms_come_as_text_json_and_tables(case, capsys, tmp_path: Path) -> None:
    assert run(["review", case[1], "--data", case[0]]) == 0
    text = capsys.readouterr().out
    assert "DO-02" in text
    assert "未能检查" in text
    found = reviewed(case, capsys)
    assert {"DO-02", "SG-23"} <= {one["rule"] for one in found["alarms"]}
    for name in ("alarms.xlsx", "alarms.csv"):
        assert run(["review", case[1], "--data", case[0], "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 500


def test_an_answer_stays_with_its_alarm(case, capsys) -> None:
    alarm = next(one for one in reviewed(case, capsys)["alarms"] if one["rule"] == "DO-02")
    said = ("--answer", alarm["id"], "--state", "explained", "--reason", "先行拘留，后补立案")
    again = reviewed(case, capsys, *said)
    told = next(one for one in again["alarms"] if one["id"] == alarm["id"])
    assert (told["state"], told["answer"]["reason"]) == ("explained", "先行拘留，后补立案")
    assert reviewed(case, capsys)["alarms"] == again["alarms"]


@pytest.mark.parametrize(
    ("more", "code"),
    [([], 2), (["case_x"], 2), (["case_x", "-o", "a.pdf"], 2), (["case_x", "--answer", "0" * 16], 2)],
)
def test_what_does_not_fit_is_said_in_one_line(case, capsys, more: list[str], code: int) -> None:
    assert run(["review", "--data", case[0], *more]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_rules_are_listed(case, capsys) -> None:
    assert run(["review", "--rules", "--data", case[0]]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 60
