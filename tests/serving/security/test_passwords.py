"""Passwords, keys and session tokens as such."""

from __future__ import annotations

import re
import time

import pytest

from models.errors import BadInput, Busy
from serving.security.api_keys import key_hash, key_matches, make_key, prefix_of
from serving.security.limits import RateLimit, SignInBackOff
from serving.security.passwords import hash_password, password_matches
from serving.security.sessions import csrf_matches, csrf_token, new_token


def test_a_password_matches_its_own_hash_alone() -> None:
    stored = hash_password("一个很长的好密码而已啊")
    assert password_matches(stored, "一个很长的好密码而已啊")
    assert not password_matches(stored, "another long password")
    assert not password_matches("not a hash", "一个很长的好密码而已啊")


@pytest.mark.parametrize("password", ["short", "x" * 257])
def test_a_new_password_has_ten_to_256_characters(password: str) -> None:
    with pytest.raises(BadInput):
        hash_password(password)


def test_nobody_costs_as_much_time_as_somebody() -> None:
    stored = hash_password("a password of someone")
    password_matches(None, "warm up")

    def seconds(hashed: str | None) -> float:
        started = time.perf_counter()
        password_matches(hashed, "a wrong password")
        return time.perf_counter() - started

    somebody, nobody = min(seconds(stored) for _ in range(2)), min(seconds(None) for _ in range(2))
    assert nobody > somebody / 3


def test_a_key_has_the_shape_that_the_interface_promises() -> None:
    keys = {make_key().text for _ in range(50)}
    assert len(keys) == 50
    for text in keys:
        assert re.fullmatch(r"[A-Za-z0-9_.-]{20,}", text)


def test_a_key_is_found_by_its_prefix_and_proved_by_its_hash() -> None:
    key = make_key()
    assert prefix_of(key.text) == key.prefix
    assert key_matches(key.key_hash, key.text)
    assert not key_matches(key.key_hash, make_key().text)
    assert key.text not in (key.prefix, key.key_hash)


@pytest.mark.parametrize(
    "text", ["", "aj_", "aj_x_y", "AJ_000000000000_" + "x" * 43, "aj_000000000000_" + "x" * 42, "\x00"]
)
def test_what_is_no_key_has_no_prefix(text: str) -> None:
    assert prefix_of(text) is None
    assert len(key_hash(text)) == 64


def test_a_csrf_token_belongs_to_its_session() -> None:
    mine, yours = new_token(), new_token()
    assert csrf_matches(mine, csrf_token(mine))
    assert not csrf_matches(mine, csrf_token(yours))
    assert not csrf_matches(mine, None)
    assert not csrf_matches(mine, "ü")


class Clock:
    """Time that a test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_waits_double_to_their_bound_and_end_with_success() -> None:
    clock = Clock()
    back_off = SignInBackOff(3, 2.0, 10.0, clock)
    waits = []
    for _ in range(7):
        back_off.failed("name:wang")
        try:
            back_off.check("name:wang", "address:x")
            waits.append(0.0)
        except Busy as error:
            waits.append(error.retry_after_s)
    assert waits == [0, 0, 2, 4, 8, 10, 10]
    clock.now += 11
    back_off.check("name:wang")
    back_off.succeeded("name:wang")
    back_off.failed("name:wang")
    back_off.check("name:wang")


def test_a_bucket_fills_again_with_time_and_never_beyond_its_size() -> None:
    clock = Clock()
    rate = RateLimit(60, 2, clock)
    rate.take("a")
    rate.take("a")
    with pytest.raises(Busy) as refused:
        rate.take("a")
    assert refused.value.retry_after_s == pytest.approx(1.0)
    rate.take("b")
    clock.now += 3600
    rate.take("a")
    rate.take("a")
    with pytest.raises(Busy):
        rate.take("a")


def test_what_is_remembered_of_callers_is_bounded() -> None:
    rate, back_off = RateLimit(60, 2, Clock()), SignInBackOff(3, 2, 10, Clock())
    for number in range(10_500):
        rate.take(str(number))
        back_off.failed(str(number))
    assert len(rate._buckets) == 10_000
    assert len(back_off._seen) == 10_000
