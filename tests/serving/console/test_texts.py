"""The catalogue of the console's texts: complete, in both languages, and nothing in it that no page uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from serving.console import texts
from serving.console.texts import Texts

CONSOLE = Path(texts.__file__).parent
CALL = re.compile(r"""(?:(?<![\w.])|desk\.)t(?:exts)?\(\s*['"]([a-z0-9_.-]+)['"]\s*[,)]""")
OPEN_CALL = re.compile(r"""(?:(?<![\w.])|desk\.)t(?:exts)?\(\s*f?['"]([a-z0-9_.]+)\.(?:['"]|\{)""")
KNOWN = re.compile(r"""t(?:exts)?\.known\(\s*['"]([a-z0-9_.]+)['"]""")
SCRIPT_CALL = re.compile(r"""(?<![\w.])t\(\s*['"]([a-z0-9_.]+)['"]""")
PREFIXES_OF_CODES = {
    "task",
    "script.task",
    "script.state",
    "script.error",
    "problem",
    "detail",
    "role",
    "job.open",
    "kind",
}


def pages() -> str:
    """Every template and module of the console as one text."""
    files = [*CONSOLE.glob("templates/*.html"), *CONSOLE.glob("*.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(files))


def scripts() -> str:
    """Every script as one text."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(CONSOLE.glob("static/*.js")))


def keys_used() -> set[str]:
    found = set(CALL.findall(pages()))
    return found | {f"script.{key}" for key in SCRIPT_CALL.findall(scripts()) if not key.endswith(".")}


def test_every_key_that_a_page_or_script_names_is_in_the_catalogue() -> None:
    assert keys_used() - texts.keys() == set()


def test_every_key_of_the_catalogue_is_used_somewhere() -> None:
    prefixes = set(KNOWN.findall(pages())) | set(OPEN_CALL.findall(pages())) | PREFIXES_OF_CODES
    left = {k for k in texts.keys() - keys_used() if not any(k.startswith(f"{prefix}.") for prefix in prefixes)}
    assert left == set()


def test_both_languages_say_something_with_the_same_places_to_fill() -> None:
    for key in sorted(texts.keys()):
        chinese, english = (Texts(language)(key) for language in texts.LANGUAGES)
        assert chinese.strip(), key
        assert english.strip(), key
        assert sorted(re.findall(r"\{(\w+)\}", chinese)) == sorted(re.findall(r"\{(\w+)\}", english)), key


def test_an_unknown_key_is_a_defect_and_not_a_bare_key_on_a_page() -> None:
    with pytest.raises(KeyError):
        Texts("zh")("no.such.key")


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert Texts("zh").known("flag", "repetition") == "重复"
    assert Texts("zh").known("flag", "brand-new-flag") == "brand-new-flag"
