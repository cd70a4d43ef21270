"""Page pictures of one file, drawn into a folder ahead of their reading; knows no reader and no record.

The child process that draws and the reader have a processor each to use: while some pages are read, those behind them
are drawn. One thread asks the child, since it answers one question after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeAlias

from models.errors import BadInput, TooLarge
from pipelines.media.pdf import PagePicture, PageSource

Drawn: TypeAlias = PagePicture | str
"""The picture of a page, or the code of what is wrong with it."""


class Drawer:
    """Draws pages of a source, numbered from 1, at `dpi` into a folder that exists; close it, since it holds a thread
    and the source."""

    def __init__(self, source: PageSource, folder: Path, dpi: int) -> None:
        self._source = source
        self._folder = folder
        self._dpi = dpi
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="page-drawer")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._source.close()

    def path(self, number: int) -> Path:
        """Where the picture of page `number` lies."""
        return self._folder / f"page-{number:04d}.jpg"

    def pages(self) -> int:
        """How many pages there are; raises as `PageSource.pages`."""
        return self._thread.submit(self._source.pages).result()

    def draw(self, number: int, turn: int = 0) -> Drawn:
        """Page `number`, turned clockwise by `turn` degrees; raises Unavailable when nothing can be written."""
        return self._thread.submit(self._draw, number, turn).result()

    def groups(self, groups: Sequence[Sequence[int]]) -> Iterator[list[tuple[int, Drawn]]]:
        """The pages of each group with their numbers; the next group is drawn while one is in the caller's hands."""
        ahead: Future[list[tuple[int, Drawn]]] | None = None
        for at, group in enumerate(groups):
            drawn = (ahead or self._thread.submit(self._all, group)).result()
            ahead = self._thread.submit(self._all, groups[at + 1]) if at + 1 < len(groups) else None
            yield drawn

    def _all(self, numbers: Sequence[int]) -> list[tuple[int, Drawn]]:
        return [(number, self._draw(number, 0)) for number in numbers]

    def _draw(self, number: int, turn: int) -> Drawn:
        try:
            return self._source.picture(number - 1, self._dpi, self.path(number), turn)
        except (BadInput, TooLarge) as error:
            return error.code
