from __future__ import annotations

import re

from benchmarks.volumes.forms import UNSEEN, USUAL, forms
from pipelines.files.catalogue.taxonomy import UNKNOWN, taxonomy


def test_every_type_of_the_taxonomy_has_a_form() -> None:
    assert {form.type for form in forms()} == {kind.name for kind in taxonomy()}


def test_pieces_without_a_title_are_worded_in_several_ways_that_share_no_line() -> None:
    seen: dict[str, set[str]] = {}
    for wording in range(USUAL, UNSEEN + 1):
        for form in forms(wording):
            if form.type in ("亲笔供词", "亲笔证词"):
                assert form.wording == wording
                told = {line for line in form.body.splitlines() if len(line) > 12 and not line.startswith("@")}
                assert not told & seen.setdefault(form.type, set())
                seen[form.type] |= told


def test_only_other_wordings_hold_pieces_of_no_type() -> None:
    assert UNKNOWN not in {form.type for form in forms()}
    assert all(UNKNOWN in {form.type for form in forms(wording)} for wording in range(1, UNSEEN + 1))
    with_receipts = [form for form in forms(UNSEEN) if form.type == "票据"]
    assert {form.titles == ("",) for form in with_receipts} == {True, False}


def test_titles_are_those_that_the_taxonomy_allows() -> None:
    for form in forms():
        patterns = [re.escape(title).replace(r"\*", ".*") for title in (*form.kind.titles, form.type)]
        for title in form.wordings:
            plain = re.sub(r"\{[^}]*\}", "某", title)
            allowed = not title or "{volume_title}" in title or any(re.fullmatch(p, plain) for p in patterns)
            assert allowed, (form.type, title)


def test_pieces_without_a_title_are_among_the_forms() -> None:
    assert {form.type for form in forms() if "" in form.wordings} >= {"亲笔供词", "亲笔证词", "票据", "身份证复印件"}
