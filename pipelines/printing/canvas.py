"""A PDF canvas that knows how many pages there will be when it draws the edges of each; knows no content."""

from __future__ import annotations

from collections import Counter
from typing import Any, Protocol

from models.errors import BadInput

MAX_PAGES = 2000
"""A day of talk is some two hundred pages, a volume's catalogue ten; more is a fault, and stops before it fills the
memory."""


class DrawEdges(Protocol):
    """Draws head and foot of a page: `page` of `pages`, both counted within the page's section."""

    def __call__(self, canvas: Any, page: int, pages: int, /) -> None: ...


def page_line(page: int, pages: int) -> str:
    """第 x 页 共 y 页."""
    return f"第 {page} 页 共 {pages} 页"


def numbered_canvas(font: str, draw_edges: DrawEdges) -> type:
    """A canvas that holds its pages back until their number is known, and then draws head and foot on each.

    Pages whose template sets `section` on the canvas are counted apart. The canvas raises BadInput beyond MAX_PAGES.
    """
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **(named | {"initialFontName": font}))
            self.section = ""
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:
            if len(self._held) >= MAX_PAGES:
                raise BadInput("record.pages", f"the record has more than {MAX_PAGES} pages; divide it")
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            pages = Counter(state["section"] for state in self._held)
            number: Counter[str] = Counter()
            for state in self._held:
                self.__dict__.update(state)
                number[self.section] += 1
                draw_edges(self, number[self.section], pages[self.section])
                super().showPage()
            super().save()

    return Numbered
