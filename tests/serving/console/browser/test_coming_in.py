"""Coming in with a real browser: the password, the first case, the list of shortcuts."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"


def test_a_wrong_password_is_told_in_plain_words_and_the_right_one_lets_in(visit) -> None:
    visit.go("/cases")
    page = visit.page
    visit.shot("sign-in")
    page.fill("#name", "wang")
    page.fill("#password", "not the password")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert "用户名或密码不正确" in page.inner_text("[role=alert]")
    assert page.evaluate("document.activeElement.id") == "password"
    # Chromium itself writes a line about the 401 of the form; that is the only one.
    assert len(visit.faults) == 1
    visit.faults.clear()
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    visit.wait_for_path("/cases")


def test_a_case_is_opened_with_the_keyboard_alone(visit) -> None:
    visit.sign_in()
    page = visit.page
    page.keyboard.press("n")
    page.wait_for_selector("#new-case[open]")
    visit.shot("new-case")
    page.keyboard.type("周某盗掘古墓葬案")
    page.keyboard.press("Enter")
    visit.wait_for_path("/cases/case_*")
    assert page.inner_text("h1") == "周某盗掘古墓葬案"
    visit.shot("case-empty")
    page.keyboard.press("g")
    page.keyboard.press("c")
    visit.wait_for_path("/cases")
    page.keyboard.press("/")
    page.keyboard.type("古墓")
    assert page.locator("#cases tbody tr:visible").count() == 1


def test_the_shortcuts_of_a_page_are_shown_by_a_question_mark(visit) -> None:
    visit.sign_in()
    visit.page.keyboard.press("?")
    visit.page.wait_for_selector("#keys[open]")
    assert "新建案件" in visit.page.inner_text("#keys")
    visit.shot("keys")
