"""The audit trail as arithmetic: canonical JSON, chains, signatures."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cases import audit
from cases.records import Actor, JsonValue, Role
from models.errors import BadInput, Tampered

AT = "2026-01-31T23:59:59.000000Z"
LI = Actor("acc_li", "li", Role.OFFICER, "key:test")

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab案\x00é😀"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab案", max_size=3), inner, max_size=3),
    max_leaves=8,
)


def chain(count: int) -> list[audit.AuditEntry]:
    """Entries of two cases, chained."""
    world = audit.Head()
    own: dict[str, audit.Head] = {}
    made = []
    for n in range(count):
        case = f"case_{n % 2}"
        act = audit.Act(LI, "evidence.read", "evidence", f"ev_{n}", case, {"n": n})
        entry = audit.chained(act, AT, own.get(case, audit.Head()), world)
        own[case] = audit.Head(entry.case_sequence, entry.hash)
        world = audit.Head(entry.sequence, entry.global_hash)
        made.append(entry)
    return made


def faults_of(entries: list[audit.AuditEntry]) -> list[int]:
    """The places in the list that a check finds fault with."""
    world = audit.Head()
    own: dict[str | None, audit.Head] = {}
    bad = []
    for place, entry in enumerate(entries):
        if audit.entry_faults(entry, own.get(entry.case_id, audit.Head()), world):
            bad.append(place)
        own[entry.case_id] = audit.Head(entry.case_sequence, entry.hash)
        world = audit.Head(entry.sequence, entry.global_hash)
    return bad


@given(json_values)
def test_canonical_json_is_one_spelling(value: JsonValue) -> None:
    import json

    spelled = audit.canonical(value)
    assert audit.canonical(json.loads(spelled)) == spelled


def test_canonical_json_sorts_keys_and_keeps_characters() -> None:
    assert audit.canonical({"b": [1, None], "a": "案"}) == '{"a":"案","b":[1,null]}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"x": [float("-inf")]}])
def test_what_has_no_canonical_spelling_is_refused(value: JsonValue) -> None:
    with pytest.raises(BadInput):
        audit.canonical(value)


def test_an_untouched_chain_has_no_fault() -> None:
    assert faults_of(chain(6)) == []


@pytest.mark.parametrize("field", [f.name for f in fields(audit.AuditEntry)])
def test_an_edit_of_any_field_is_found_at_its_entry(field: str) -> None:
    entries = chain(6)
    old = getattr(entries[2], field)
    new: object = {"n": 99} if field == "details" else old + 1 if isinstance(old, int) else f"{old}x"
    entries[2] = replace(entries[2], **{field: new})  # type: ignore[arg-type]
    assert faults_of(entries)[0] == 2


def test_a_removed_entry_is_found_where_it_is_missing() -> None:
    entries = chain(6)
    del entries[2]
    assert faults_of(entries)[0] == 2


def test_entries_that_changed_places_are_found() -> None:
    entries = chain(6)
    entries[2], entries[4] = entries[4], entries[2]
    assert faults_of(entries)[0] == 2


def test_an_inserted_entry_is_found() -> None:
    entries = chain(6)
    forged = audit.chained(
        audit.Act(LI, "evidence.read", "evidence", "ev_x", "case_0", {}),
        AT,
        audit.Head(entries[2].case_sequence, entries[2].hash),
        audit.Head(entries[2].sequence, entries[2].global_hash),
    )
    entries.insert(3, forged)
    assert faults_of(entries)[0] == 4


def test_a_checkpoint_is_checked_offline_from_its_json() -> None:
    key = Ed25519PrivateKey.generate()
    signed = audit.sign_checkpoint(audit.Head(7, "ab" * 32), AT, key)
    again = audit.checkpoint_from_json(audit.checkpoint_json(signed))
    assert again == signed
    audit.check_signature(again, trusted=audit.public_hex(key))


@pytest.mark.parametrize(
    "edit",
    [
        {"sequence": 8},
        {"global_hash": "cd" * 32},
        {"at": "2027-01-31T23:59:59.000000Z"},
        {"signature": "00" * 64},
        {"signature": "zz"},
        {"public_key": "00" * 32},
        {"public_key": "short"},
    ],
)
def test_an_edited_checkpoint_does_not_hold(edit: dict[str, object]) -> None:
    signed = audit.sign_checkpoint(audit.Head(7, "ab" * 32), AT, Ed25519PrivateKey.generate())
    with pytest.raises(Tampered):
        audit.check_signature(replace(signed, **edit))  # type: ignore[arg-type]


def test_a_checkpoint_by_another_key_is_not_the_stores() -> None:
    store_key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    forged = audit.sign_checkpoint(audit.Head(7, "ab" * 32), AT, other)
    with pytest.raises(Tampered):
        audit.check_signature(forged, trusted=audit.public_hex(store_key))


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"scheme":"other"}'])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        audit.checkpoint_from_json(text)
