"""Pages of a case file set by hand, line by line, as a reader gives them."""

from __future__ import annotations

from cases.records import PageLine, ScannedPage
from pipelines.files.page import BLANK

WIDTH, HEIGHT = 1654, 2339
BODY, LARGE = 32, 52


def line(text: str, top: float, *, left: float | None = None, height: float = BODY) -> PageLine:
    """A line at `top`; without `left` in the middle of the page. A letter is as wide as the line is high."""
    width = sum(height if ord(c) > 255 else height / 2 for c in text)
    x = (WIDTH - width) / 2 if left is None else left
    return PageLine(text, ((x, top), (x + width, top), (x + width, top + height), (x, top + height)), 0.98, "text")


def sheet(
    number: int,
    *body: str,
    title: str | None = None,
    above: str | None = None,
    right: str | None = None,
    foot: str | None = None,
    stamp: int | None = None,
) -> ScannedPage:
    """A page: `above` is the letterhead, `right` a number under the title, `foot` a line at the foot of the page."""
    lines = [] if stamp is None else [line(str(stamp), 90, left=1500)]
    if above is not None:
        lines.append(line(above, 200, height=LARGE))
    if title is not None:
        lines.append(line(title, 280, height=LARGE))
    if right is not None:
        lines.append(line(right, 380, left=1000))
    lines += [line(text, 480 + 60 * n, left=220) for n, text in enumerate(body)]
    if foot is not None:
        lines.append(line(foot, 2200))
    return ScannedPage(number, WIDTH, HEIGHT, 0, 0.0, tuple(lines))


def blank(number: int) -> ScannedPage:
    """A page with nothing on it."""
    return ScannedPage(number, WIDTH, HEIGHT, 0, 0.0, (), flags=(BLANK,))


TALK = ("问：你把经过讲一下。", "答：那天晚上我去了城南市场，后来就回家了。", "问：还有谁？", "答：没有别人。")
CLOSING = ("特此决定。", "江州市公安局", "二〇二四年三月十五日")
