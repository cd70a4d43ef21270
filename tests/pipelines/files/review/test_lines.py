"""A corrected line reaches text, catalogue and findings; a person's decisions and the pictures stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.errors import BadInput
from pipelines.files.review.documents import decided
from pipelines.files.review.lines import LINE_CHARS, LineFix, corrected


def test_a_correction_is_confirmed_and_rewrites_the_text(volume) -> None:
    fixed = corrected(volume, [LineFix(1, 1, "犯罪嫌疑人张三", "犯罪嫌疑人张山")], "u1")
    line = fixed.pages[0].lines[1]
    assert (line.text, line.confirmed_by, line.confidence) == ("犯罪嫌疑人张山", "u1", 1.0)
    assert "犯罪嫌疑人张山" in fixed.text
    assert "犯罪嫌疑人张三\n" not in fixed.text.split("\n\n")[0] + "\n"
    assert (line.box, fixed.provenance) == (volume.pages[0].lines[1].box, volume.provenance)
    assert volume.pages[0].lines[1].confirmed_by is None


def test_a_confirmation_changes_no_text_and_no_catalogue(volume) -> None:
    fixed = corrected(volume, [LineFix(2, 1, "立案决定书", "立案决定书")], "u1")
    assert fixed.pages[1].lines[1].confirmed_by == "u1"
    assert (fixed.text, fixed.documents, fixed.pages[0]) == (volume.text, volume.documents, volume.pages[0])


def test_a_corrected_title_and_number_reach_the_catalogue(volume) -> None:
    fixes = [
        LineFix(2, 1, "立案决定书", "不予立案通知书"),
        LineFix(2, 2, "江公立字〔2024〕7号", "江公立字〔2024〕17号"),
    ]
    fixed = corrected(volume, fixes, "u1")
    assert (fixed.documents[1].type, fixed.documents[1].number) == ("不予立案通知书", "江公立字〔2024〕17号")


def test_what_a_person_decided_of_a_document_outranks_a_later_correction(volume) -> None:
    wish = replace(volume.documents[1], title="立案决定书（副本）", confirmed_by="u1")
    chosen = decided(volume, (volume.documents[0], wish, *volume.documents[2:]), "u1")
    fixed = corrected(chosen, [LineFix(2, 1, "立案决定书", "不予立案通知书")], "u2")
    assert fixed.documents[1] == chosen.documents[1]
    assert [d.first_page for d in fixed.documents] == [d.first_page for d in volume.documents]


@pytest.mark.parametrize(
    ("fix", "code"),
    [
        (LineFix(9, 0, "x", "y"), "review.place"),
        (LineFix(1, 99, "x", "y"), "review.place"),
        (LineFix(1, -1, "x", "y"), "review.place"),
        (LineFix(1, 1, "别的字", "y"), "review.was"),
        (LineFix(1, 1, "犯罪嫌疑人张三", "  "), "review.text"),
        (LineFix(1, 1, "犯罪嫌疑人张三", "张\n三"), "review.text"),
        (LineFix(1, 1, "犯罪嫌疑人张三", "张" * (LINE_CHARS + 1)), "review.text"),
    ],
)
def test_a_fix_that_does_not_fit_is_refused(volume, fix: LineFix, code: str) -> None:
    with pytest.raises(BadInput) as error:
        corrected(volume, [fix], "u1")
    assert error.value.code == code


def test_a_line_is_given_once(volume) -> None:
    fix = LineFix(1, 1, "犯罪嫌疑人张三", "犯罪嫌疑人张山")
    with pytest.raises(BadInput, match="twice"):
        corrected(volume, [fix, fix], "u1")


def test_a_fix_carried_onto_a_newer_version_counts_and_a_mere_confirmation_takes_nothing_back(volume) -> None:
    theirs = corrected(volume, [LineFix(1, 1, "犯罪嫌疑人张三", "犯罪嫌疑人张叁")], "u1")
    mine = corrected(theirs, [LineFix(1, 1, "犯罪嫌疑人张三", "犯罪嫌疑人张山")], "u2", carried=True)
    assert mine.pages[0].lines[1].text == "犯罪嫌疑人张山"
    seen = corrected(theirs, [LineFix(1, 1, "犯罪嫌疑人张三", "犯罪嫌疑人张三")], "u2", carried=True)
    assert seen.pages[0].lines[1] == theirs.pages[0].lines[1]
