"""Pages whose reading ended the reader, so that one poisoned page never costs a volume; knows no model and no page.

Before pages go to the engine their numbers are written down, and struck out when the answer is here. What a crash left
written is under suspicion: it is read alone from then on, and after `TRIES_ALONE` more such ends it is left out, to be
told as quarantined. A service that is killed for other reasons leaves suspects too; read alone they come through.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from models.errors import Lost, Unavailable

log = logging.getLogger(__name__)

NAME = "reading.json"
TRIES_ALONE = 2
"""Times that a page read alone may end the reader; with the first, in company, fewer than a job's barren attempts."""


class Quarantine:
    """What was begun and not ended, in a file of the job's scratch folder; one job, one thread."""

    def __init__(self, scratch: Path) -> None:
        self._path = scratch / NAME
        self._begun = _read(self._path)

    def groups(self, pages: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
        """The pages in order, up to `most` together, suspects alone."""
        group: list[int] = []
        for page in pages:
            if group and (self._begun.get(page) or len(group) == most):
                yield tuple(group)
                group = []
            if self._begun.get(page):
                yield (page,)
            else:
                group.append(page)
        if group:
            yield tuple(group)

    def holds(self, page: int) -> bool:
        """Whether the page is left out: it ended the reader in company and `TRIES_ALONE` times alone."""
        return self._begun.get(page, 0) > TRIES_ALONE

    @contextmanager
    def reading(self, pages: Sequence[int]) -> Iterator[None]:
        """Hold the pages as begun while the block runs.

        They stay so where the process ends, and where the reader was `Lost` or failed over them; that a model cannot
        serve says nothing about the pages.
        """
        before = dict(self._begun)
        self._write({**before, **{page: before.get(page, 0) + 1 for page in pages}})
        try:
            yield
        except Lost:
            log.warning("the reader was lost over page %s", ", ".join(map(str, pages)))
            raise
        except Unavailable:
            self._write(before)
            raise
        self._write({page: count for page, count in before.items() if page not in pages})

    def _write(self, begun: dict[int, int]) -> None:
        self._begun = begun
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(begun), encoding="ascii")
        partial.replace(self._path)


def _read(path: Path) -> dict[int, int]:
    """What is written down; nothing where the file is missing or was cut short by a full disk."""
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
        return {int(page): int(count) for page, count in kept.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}
