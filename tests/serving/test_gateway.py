"""The port is taken before anything heavy starts, and the errors say what to do."""

from __future__ import annotations

import pytest

from models.errors import BadInput, Unavailable
from serving.gateway import address_of, bind


def test_a_taken_port_is_told_with_the_way_out() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(Unavailable, match="--port"):
        bind("127.0.0.1", first.getsockname()[1])


def test_a_host_that_is_not_of_this_machine_is_bad_input() -> None:
    with pytest.raises(BadInput):
        bind("192.0.2.77", 0)


def test_a_name_that_does_not_resolve_is_bad_input() -> None:
    with pytest.raises(BadInput):
        bind("no such host", 0)


def test_the_address_shown_can_be_opened_on_this_machine() -> None:
    with bind("0.0.0.0", 0) as held:
        assert address_of(held) == f"http://127.0.0.1:{held.getsockname()[1]}"
