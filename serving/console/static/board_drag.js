// Dragging on the board: a document's edge to another page, or a page into the document beside it. It finds out what is
// meant and says so; what becomes of it is the board's.
import { cut, takes } from './board_view.js';

const STARTS_PX = 6, SCROLL_ZONE_PX = 48, SCROLL_PX = 14;

/** `acts`: pick(page), edge(n, page) and move(page, n) do; border(n, page) answers where an edge may lie, fits(page, n) whether. */
export function dragging(sheets, acts) {
  let held = null;

  function leafAt(event) {
    const hit = document.elementFromPoint(event.clientX, event.clientY);
    const leaf = hit?.closest('.leaf'), doc = hit?.closest('.doc');
    return { leaf, doc: doc ? Number(doc.dataset.document) : null };
  }

  /** The page that an edge dropped here would stand before: on the right half of a picture it is the next one. */
  function firstAt(event) {
    const { leaf } = leafAt(event);
    if (!leaf) return null;
    const box = leaf.getBoundingClientRect(), page = Number(leaf.dataset.page);
    return event.clientX > box.left + box.width / 2 ? page + 1 : page;
  }

  function over(event) {
    if (held.edge !== undefined) {
      const first = firstAt(event);
      held.first = first === null ? null : acts.border(held.edge, first);
      cut(held.first);
    } else {
      const { doc } = leafAt(event);
      held.to = doc !== null && acts.fits(held.page, doc) ? doc : null;
      takes(held.to);
    }
    const box = sheets.getBoundingClientRect();
    if (event.clientY < box.top + SCROLL_ZONE_PX) sheets.scrollBy(0, -SCROLL_PX);
    else if (event.clientY > box.bottom - SCROLL_ZONE_PX) sheets.scrollBy(0, SCROLL_PX);
  }

  function end() {
    held = null;
    cut(null);
    takes(null);
    sheets.classList.remove('dragging');
  }

  sheets.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    const edge = event.target.closest('.edge'), leaf = event.target.closest('.leaf');
    if (edge) held = { edge: Number(edge.parentElement.dataset.document), first: null };
    else if (leaf) { held = { page: Number(leaf.dataset.page), to: null }; acts.pick(held.page); }
    else return;
    held.from = [event.clientX, event.clientY];
    held.pointer = event.pointerId;
  });
  sheets.addEventListener('pointermove', (event) => {
    if (!held || !acts.allowed()) return;
    if (!held.moving && Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]) < STARTS_PX) return;
    if (!held.moving) {
      held.moving = true;
      sheets.setPointerCapture(held.pointer);
      sheets.classList.add('dragging');
    }
    over(event);
  });
  sheets.addEventListener('pointerup', () => {
    const done = held;
    end();
    if (!done?.moving) return;
    if (done.edge !== undefined) { if (done.first !== null) acts.edge(done.edge, done.first); }
    else if (done.to !== null) acts.move(done.page, done.to);
  });
  sheets.addEventListener('pointercancel', end);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && held) end(); });
}
