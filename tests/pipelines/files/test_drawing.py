"""Pages drawn ahead of their reading: order, what lies ready while a group is read, pages that cannot be drawn."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from models.errors import BadInput, Unavailable
from pipelines.files.drawing import Drawer
from pipelines.media.pdf import PagePicture, PageSource


class _Source(PageSource):
    """Draws nothing, and says which pages were asked for; page 3 is broken, page 9 has no room."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.third = Event()
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def pages(self) -> int:
        return 4

    def picture(self, page: int, dpi: int, out: Path, turn: int = 0) -> PagePicture:
        self.asked.append(page + 1)
        if page + 1 == 3:
            self.third.set()
            raise BadInput("pdf.page", "broken")
        if page + 1 == 9:
            raise Unavailable("child.disk", "no room")
        return PagePicture(out, dpi, turn, float(dpi), 0, ())


def test_the_next_group_is_drawn_while_one_is_read(tmp_path: Path) -> None:
    source = _Source()
    with Drawer(source, tmp_path, 100) as drawer:
        assert drawer.pages() == 4
        groups = drawer.groups([(1, 2), (3,), (4,)])
        first = next(groups)
        assert source.third.wait(5.0)
        assert [number for number, _ in first] == [1, 2]
        assert next(groups) == [(3, "pdf.page")]
        ((number, last),) = next(groups)
        assert (number, last) == (4, PagePicture(tmp_path / "page-0004.jpg", 100, 0, 100.0, 0, ()))
        turned = drawer.draw(2, 90)
        assert isinstance(turned, PagePicture)
        assert turned.height == 90
    assert source.asked == [1, 2, 3, 4, 2]
    assert source.closed


def test_no_room_for_a_picture_ends_the_reading(tmp_path: Path) -> None:
    with Drawer(_Source(), tmp_path, 100) as drawer, pytest.raises(Unavailable, match="no room"):
        list(drawer.groups([(9,)]))
