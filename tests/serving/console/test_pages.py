"""The console's pages without a browser's scripts: who sees what, what forms do, and what no page may contain."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cases.codec import from_json
from cases.discrepancy import DiscrepancyList
from cases.records import Role
from pipelines.media.word import DOCX
from serving.console import router
from serving.security.passwords import hash_password
from tests.serving.console.conftest import add_file, differences, keep, transcript, wav

PASSWORD = "a long enough password"
STATIC = Path(router.__file__).parent / "static"


def sign_in(client: TestClient, name: str) -> None:
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD}, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def token_of(client: TestClient) -> str:
    return client.get("/cases").text.partition('name="csrf-token" content="')[2].partition('"')[0]


class Tags(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """The tags of a page as a browser reads them."""
    parser = Tags()
    parser.feed(page)
    return parser.found


def pages_of(sample) -> list[str]:
    records = [f"/records/{record}" for record in sample.records.values()]
    return [
        "/cases",
        f"/cases/{sample.id}",
        f"/cases/{sample.id}/audit",
        f"/cases/{sample.id}/live",
        "/jobs",
        "/scans",
        "/models",
        *records,
        f"/records/{sample.records['scan']}/catalogue",
    ]


# --- sessions ---------------------------------------------------------------------------------------------------------
def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back_to_where_they_wanted(visitor: TestClient) -> None:
    answer = visitor.get("/jobs", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/jobs")
    form = {"name": "wang", "password": PASSWORD, "next": "/jobs"}
    assert visitor.post("/sign-in", data=form, follow_redirects=False).headers["location"] == "/jobs"


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(visitor: TestClient) -> None:
    answers = [visitor.post("/sign-in", data={"name": n, "password": "wrong password"}) for n in ("wang", "nobody")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("用户名或密码不正确" in answer.text for answer in answers)
    sign_in(visitor, "wang")


def test_signing_in_never_leads_to_another_site(visitor: TestClient) -> None:
    form = {"name": "wang", "password": PASSWORD, "next": "//evil.example/x"}
    assert visitor.post("/sign-in", data=form, follow_redirects=False).headers["location"] == "/cases"


def test_signing_out_ends_the_session_on_the_server(clerk: TestClient) -> None:
    cookie = clerk.cookies.get("anjuan_session")
    clerk.post("/sign-out", data={"csrf_token": token_of(clerk)})
    clerk.cookies.set("anjuan_session", cookie or "")
    assert clerk.get("/cases", follow_redirects=False).status_code == 303


def test_the_language_is_chosen_before_and_after_signing_in(visitor: TestClient) -> None:
    assert "登录" in visitor.get("/sign-in").text
    visitor.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en">' in visitor.get("/sign-in").text
    assert visitor.post("/language", data={"language": "xx"}).status_code == 400


# --- cases ------------------------------------------------------------------------------------------------------------
def test_a_case_is_made_by_the_form_and_is_shown(clerk: TestClient) -> None:
    form = {"name": "李某合同诈骗案", "case_no": "示检〔2026〕1号", "cause": "合同诈骗", "csrf_token": token_of(clerk)}
    answer = clerk.post("/cases", data=form)
    assert answer.url.path.startswith("/cases/case_")
    assert all(text in answer.text for text in ("李某合同诈骗案", "示检〔2026〕1号", "还没有材料"))


def test_a_form_without_its_token_does_nothing(clerk: TestClient) -> None:
    assert clerk.post("/cases", data={"name": "不该有的案件"}).status_code == 403
    assert "不该有的案件" not in clerk.get("/cases").text


@pytest.mark.parametrize("name", ["", "   ", "长" * 201, "带\x07响铃"])
def test_a_name_that_does_not_fit_comes_back_with_what_was_typed(clerk: TestClient, name: str) -> None:
    answer = clerk.post("/cases", data={"name": name, "cause": "盗窃", "csrf_token": token_of(clerk)})
    assert answer.status_code == 400
    assert 'value="盗窃"' in answer.text
    assert "data-open-now" in answer.text


def test_hostile_names_are_text_and_nothing_else(clerk: TestClient) -> None:
    hostile = """"><script>alert(1)</script><img src=x onerror='alert(2)'>"""
    answer = clerk.post("/cases", data={"name": hostile, "csrf_token": token_of(clerk)})
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_a_case_outside_the_scope_does_not_exist(visitor: TestClient, sample) -> None:
    sign_in(visitor, "li")
    answer = visitor.get(f"/cases/{sample.id}")
    assert answer.status_code == 404
    assert "知悉范围" in answer.text
    assert "张伟" not in answer.text


def test_an_odd_id_is_not_found_and_shows_a_page(clerk: TestClient) -> None:
    assert clerk.get("/cases/..%2f..").status_code in (404, 401)
    assert "找不到" in clerk.get("/records/rec_none").text


def test_a_member_is_added_by_name_and_an_unknown_name_is_told(clerk: TestClient, office) -> None:
    case = office.store.create_case(office.officer, "成员案")
    form = {"name": "nobody", "role": "reader", "csrf_token": token_of(clerk)}
    assert "没有这个用户名" in clerk.post(f"/cases/{case.id}/members", data=form).text
    assert "李强" in clerk.post(f"/cases/{case.id}/members", data={**form, "name": "li"}).text


def test_a_reader_sees_the_case_but_nothing_to_change_it_with(visitor: TestClient, office) -> None:
    case = office.store.create_case(office.officer, "查阅案")
    office.store.add_member(office.officer, case.id, office.store.accounts.by_name("li").id, Role.READER)
    sign_in(visitor, "li")
    page = visitor.get(f"/cases/{case.id}").text
    assert "查阅案" in page
    assert all(mark not in page for mark in ('id="drop"', "data-start", f'action="/cases/{case.id}/members"'))


def test_who_may_not_add_to_a_case_does_not_dictate_in_it(visitor: TestClient, office) -> None:
    case = office.store.create_case(office.officer, "只读听写案")
    chen = office.store.accounts.by_name("chen") or office.store.accounts.add(
        "chen", Role.OFFICER, hash_password(PASSWORD), "陈立"
    )
    sign_in(visitor, "chen")
    assert visitor.get(f"/cases/{case.id}/live").status_code == 404
    office.store.add_member(office.officer, case.id, chen.id, Role.READER)
    assert visitor.get(f"/cases/{case.id}/live").status_code == 403
    office.store.add_member(office.officer, case.id, chen.id, Role.OFFICER)
    assert "现场听写" in visitor.get(f"/cases/{case.id}/live").text


def test_an_auditor_reads_the_trail_and_no_record(visitor: TestClient, office, sample) -> None:
    office.store.add_member(office.officer, sample.id, office.store.accounts.by_name("shen").id, Role.AUDITOR)
    sign_in(visitor, "shen")
    assert visitor.get(f"/cases/{sample.id}/audit").status_code == 200
    page = visitor.get(f"/cases/{sample.id}").text
    assert "/records/" not in page
    assert "/content" not in page
    answer = visitor.get(f"/records/{sample.records['transcribe']}")
    assert answer.status_code == 403
    assert "滨河" not in answer.text


# --- records ----------------------------------------------------------------------------------------------------------
def test_each_word_of_a_transcript_bears_its_seconds_and_doubts_are_named(clerk: TestClient, sample) -> None:
    page = clerk.get(f"/records/{sample.records['transcribe']}").text
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert block
    data = json.loads(block[1])
    assert data["segments"][0]["words"][0] == [0.6, 0.88, "现在", 0.99, 0]
    assert data["labels"]["repetition"] == "重复"
    assert data["may_write"]
    assert f"/api/v1/evidence/{sample.evidence['transcribe']}/content" in page


def test_the_weights_that_made_a_record_are_named_with_their_whole_digest(clerk: TestClient, sample) -> None:
    page = clerk.get(f"/records/{sample.records['transcribe']}").text
    assert re.search(r'whisper-small <button[^>]*data-copy="[0-9a-f]{64}"', page)


def test_a_page_of_a_volume_holds_its_own_lines_alone(clerk: TestClient, sample) -> None:
    first, second = (clerk.get(f"/records/{sample.records['scan']}?page={n}").text for n in (1, 2))
    assert "以上笔录我看过" in first
    assert "以上笔录我看过" not in second
    assert "图像已缩小" in second
    assert clerk.get(f"/records/{sample.records['scan']}?page=99").status_code == 404


def test_the_searchable_pdf_is_offered_where_there_is_one(clerk: TestClient, sample) -> None:
    assert "双层 PDF" in clerk.get(f"/records/{sample.records['scan']}").text


def test_a_traffic_record_shows_counts_by_line_class_and_direction(clerk: TestClient, sample) -> None:
    page = clerk.get(f"/records/{sample.records['traffic']}").text
    assert re.search(r"<td>小汽车</td>\s*<td>北进口</td>\s*<td>正向</td>\s*<td class=\"right number\">4</td>", page)
    assert page.count('class="track go"') == 25


def test_each_difference_shows_its_place_both_sides_and_when_to_listen(clerk: TestClient, office, sample) -> None:
    page = clerk.get(f"/records/{sample.records['compare']}").text
    body = from_json(DiscrepancyList, office.store.record(office.officer, sample.records["compare"]).body)
    amount = next(one for one in body.discrepancies if one.fact == "amount")
    row = re.search(rf'<li class="difference major" id="d{amount.id}".*?</li>', page, re.DOTALL)
    assert row
    assert "第 2 页 · 第 9 段 · 第 9 轮" in row[0]
    assert re.search(r"大概</span><mark>3200元</mark>.*?大概</span><mark>两千三百块钱</mark>", row[0], re.DOTALL)
    assert "金额不一致：笔录为“3200元”，录音中说的是“两千三百块钱”" in row[0]
    assert f"/api/v1/evidence/{sample.evidence['transcribe']}/content" in page
    order = re.findall(r'<li class="difference (\w+)"', page)
    assert order == sorted(order, key=["major", "substantive", "listen", "minor", "wording"].index)
    assert len(order) == len(body.discrepancies)


def test_a_list_made_from_a_recording_plays_that_recording_and_one_without_differences_says_so(
    clerk: TestClient, office
) -> None:
    case = office.store.create_case(office.officer, "对照案")
    audio = add_file(office, case, "讯问.wav", wav(43), "audio/x-wav", {"duration": 43.0})
    written = add_file(office, case, "笔录.docx", b"PK invented", DOCX, {})
    listed = differences(transcript(audio.digest.sha256), {"recording": audio.id}, written.digest.sha256)
    page = clerk.get(f"/records/{keep(office, case, 'compare', written, listed, {})}").text
    assert f'<audio id="media" controls preload="metadata" src="/api/v1/evidence/{audio.id}/content">' in page
    assert "<mark>两千三百块钱</mark>" in page
    none = replace(listed, discrepancies=(), flags=("maybe-unrelated",))
    other = add_file(office, case, "另一份.docx", b"PK invented too", DOCX, {})
    page = clerk.get(f"/records/{keep(office, case, 'compare', other, none, {})}").text
    assert "没有发现差异" in page
    assert "很可能不是同一次讯问" in page


def test_a_list_whose_recording_is_not_there_is_shown_without_a_player(clerk: TestClient, office) -> None:
    case = office.store.create_case(office.officer, "无录音案")
    written = add_file(office, case, "笔录.docx", b"PK invented", DOCX, {})
    listed = differences(transcript("ab" * 32), {"recording": "ev_gone"}, written.digest.sha256)
    page = clerk.get(f"/records/{keep(office, case, 'compare', written, listed, {})}").text
    assert "找不到这份录音" in page
    assert 'id="media"' not in page


def test_versions_are_compared_for_those_who_may_read_and_only_transcripts(clerk: TestClient, sample) -> None:
    record = sample.records["transcribe"]
    assert "两个版本的文字相同" in clerk.get(f"/records/{record}/changes?old=1&new=1").text
    assert clerk.get(f"/records/{record}/changes?old=1&new=9").status_code == 404
    assert clerk.get(f"/records/{sample.records['scan']}/changes?old=1&new=1").status_code == 404


@pytest.mark.parametrize(
    ("kind", "form", "starts"),
    [
        ("transcribe", "vtt", "WEBVTT"),
        ("transcribe", "json", "{"),
        ("scan", "txt", "讯 问 笔 录"),
        ("traffic", "csv", "\ufeffline"),
    ],
)
def test_a_record_is_exported_under_the_name_of_its_evidence(
    clerk: TestClient, sample, kind: str, form: str, starts: str
) -> None:
    answer = clerk.get(f"/records/{sample.records[kind]}/export/{form}")
    assert answer.text.startswith(starts)
    assert answer.headers["content-disposition"].endswith(f".{form}")


def test_opening_a_record_is_on_the_trail(clerk: TestClient, office, sample) -> None:
    clerk.get(f"/records/{sample.records['scan']}")
    reads = [e.subject_id for e in office.store.audit(office.officer, sample.id) if e.act == "record.read"]
    assert sample.records["scan"] in reads


# --- audit ------------------------------------------------------------------------------------------------------------
def test_the_trail_shows_each_entry_with_its_whole_hash_at_hand(clerk: TestClient, office, sample) -> None:
    page = clerk.get(f"/cases/{sample.id}/audit").text
    entry = office.store.audit(office.officer, sample.id)[0]
    assert f'data-copy="{entry.hash}"' in page
    assert "建立案件" in page
    assert "核验一致" not in page


def test_the_check_really_reads_the_content_again_and_names_what_was_changed(clerk: TestClient, office) -> None:
    case = office.store.create_case(office.officer, "被动过的案件")
    with office.blobs.receive() as incoming:
        incoming.write(b"the original words")
        blob = incoming.commit()
    office.store.add_evidence(office.officer, case.id, "a.txt", blob, "text/plain", {})
    check = {"csrf_token": token_of(clerk)}
    assert "核验一致" in clerk.post(f"/cases/{case.id}/audit/verify", data=check).text
    path = office.blobs.local(blob.digest.sha256)
    path.chmod(0o600)
    path.write_bytes(b"the forged words!!")
    page = clerk.post(f"/cases/{case.id}/audit/verify", data=check).text
    assert "核验一致" not in page
    assert "核验发现" in page
    assert blob.digest.sha256 in page


# --- what no page may contain -----------------------------------------------------------------------------------------
def test_no_page_has_inline_script_or_style_and_none_names_another_host(clerk: TestClient, sample) -> None:
    for address in pages_of(sample):
        answer = clerk.get(address)
        assert answer.status_code == 200, address
        for tag, attributes in tags_of(answer.text):
            assert tag != "style", address
            assert tag != "script" or attributes.get("type") == "application/json" or "src" in attributes, address
            assert not any(name == "style" or name.startswith("on") for name in attributes), f"{address}: {attributes}"
            links = [attributes.get(name) or "" for name in ("src", "href", "action")]
            assert not any(re.match(r"\s*(https?:|//|javascript:|data:)", link) for link in links), (
                f"{address}: {links}"
            )
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_no_script_or_sheet_loads_anything_from_elsewhere() -> None:
    for file in sorted(STATIC.iterdir()):
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[a-z]+\.[a-z]|@import|eval\(|new Function", text), file.name


def test_each_page_has_one_heading_a_title_and_a_label_for_every_field(clerk: TestClient, sample) -> None:
    for address in [*pages_of(sample), "/sign-in"]:
        page = clerk.get(address).text
        assert len(re.findall(r"<h1[ >]", page)) == 1, address
        assert re.search(r"<title>\s*\S", page), address
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
            if 'type="hidden"' in field:
                continue
            name = re.search(r'id="([^"]+)"', field)
            assert name, f"{address}: {field}"
            assert f'for="{name[1]}"' in page, f"{address}: {field}"


def test_every_page_says_in_both_languages_what_it_is(clerk: TestClient, sample) -> None:
    for language, brand in (("en", "Anjuan"), ("zh", "案卷")):
        clerk.post("/language", data={"language": language})
        for address in pages_of(sample):
            assert brand in clerk.get(address).text


# --- what stands before the pages -------------------------------------------------------------------------------------
def test_what_the_guard_refuses_a_browser_is_a_page_too(clerk: TestClient) -> None:
    html = {"accept": "text/html,application/xhtml+xml"}
    stale = clerk.post("/cases", data={"name": "x", "csrf_token": "from yesterday"}, headers=html)
    assert stale.status_code == 403
    assert stale.headers["content-type"].startswith("text/html")
    assert "csrf.token" in stale.text
    unknown = clerk.get("/no/such/page", headers=html)
    assert unknown.headers["content-type"].startswith("text/html")
    assert clerk.get("/api/v1/no/such", headers=html).json()["code"]


def test_scripts_are_kept_by_browsers_and_asked_after(visitor: TestClient) -> None:
    first = visitor.get("/static/console.css")
    assert first.headers["cache-control"] == "no-cache"
    again = visitor.get("/static/console.css", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
