"""The cataloguing board: of scans alone, with the whole taxonomy, and without acts for who only reads."""

from __future__ import annotations

import json
import re

import pytest
from starlette.testclient import TestClient

from cases.records import CaseDocument, Role, ScanRecord, VolumeFinding
from pipelines.files.catalogue.taxonomy import taxonomy
from tests.serving.console.conftest import Office, add_file, keep, page_picture, provenance
from tests.serving.console.test_pages import sign_in


@pytest.fixture
def board(office: Office) -> tuple[str, str]:
    """A case that the reader li is in, and the address of the board of its volume."""
    case = office.store.create_case(office.officer, "编目查阅案")
    office.store.add_member(office.officer, case.id, office.store.accounts.by_name("li").id, Role.READER)
    item = add_file(office, case, "卷.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", {"pages": 1})
    picture, page = page_picture(1)
    documents = (CaseDocument("讯问笔录", "讯问笔录", None, None, None, 1, 1, 0.9),)
    found = (VolumeFinding("missing", 1, "本页之前缺第1页"),)
    record = ScanRecord((page,), documents, "", provenance("scan", "1" * 64, ()), found)
    kept = keep(office, case, "scan", item, record, {page.image or "": ("image/jpeg", picture)})
    return case.id, f"/records/{kept}/catalogue"


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_the_board_holds_documents_pages_findings_and_every_type(clerk: TestClient, board) -> None:
    data = data_of(clerk.get(board[1]).text)
    assert [row[0] for row in data["types"]] == [*(one.name for one in taxonomy()), "其他材料"]
    assert ["讯问笔录", "xwbl", "xunwenbilu"] in [[row[0], *row[2:]] for row in data["types"]]
    assert (data["documents"][0]["type"], data["pages"][0]["blank"], data["may_write"]) == ("讯问笔录", False, True)
    assert data["findings"] == [{"page": 1, "kind": "缺页", "text": "本页之前缺第1页"}]
    assert clerk.get(f"/api/v1/derived/{data['pages'][0]['copy']}/content").status_code == 200


def test_only_read_volumes_have_a_board(clerk: TestClient, sample) -> None:
    assert clerk.get(f"/records/{sample.records['transcribe']}/catalogue").status_code == 404


def test_who_only_reads_sees_the_board_and_has_no_acts_on_it(visitor: TestClient, board) -> None:
    sign_in(visitor, "li")
    page = visitor.get(board[1]).text
    assert data_of(page)["may_write"] is False
    assert all(name not in page for name in ("confirm-document", 'id="deciding"'))
