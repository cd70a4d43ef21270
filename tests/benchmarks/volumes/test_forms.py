from __future__ import annotations

import re

from benchmarks.volumes.forms import forms
from pipelines.files.catalogue.taxonomy import taxonomy


def test_every_type_of_the_taxonomy_has_a_form() -> None:
    assert {form.type for form in forms()} == {kind.name for kind in taxonomy()}


def test_titles_are_those_that_the_taxonomy_allows() -> None:
    for form in forms():
        patterns = [re.escape(title).replace(r"\*", ".*") for title in (*form.kind.titles, form.type)]
        for title in form.wordings:
            plain = re.sub(r"\{[^}]*\}", "某", title)
            allowed = not title or "{volume_title}" in title or any(re.fullmatch(p, plain) for p in patterns)
            assert allowed, (form.type, title)


def test_pieces_without_a_title_are_among_the_forms() -> None:
    assert {form.type for form in forms() if "" in form.wordings} >= {"亲笔供词", "亲笔证词", "票据", "身份证复印件"}
