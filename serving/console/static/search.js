// 检索: / goes to the box, j and k walk the hits, Enter opens one at its place.
import { $, $$, shortcuts } from './page.js';

const box = $('#q');
const hits = $$('#hits a');

function walk(step) {
  const at = hits.indexOf(document.activeElement);
  const next = hits[at < 0 ? (step > 0 ? 0 : hits.length - 1) : at + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

const press = (id) => { const link = $(id); if (!link) return false; location.assign(link.href); return true; };

box.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  if (event.key === 'Escape') box.blur();
  if (event.key === 'ArrowDown' && hits.length) { event.preventDefault(); walk(1); }
});
shortcuts({
  '/': () => { box.focus(); box.select(); },
  j: () => walk(1),
  k: () => walk(-1),
  ArrowDown: () => (hits.includes(document.activeElement) ? walk(1) : false),
  ArrowUp: () => (hits.includes(document.activeElement) ? walk(-1) : false),
  '[': () => press('#previous'),
  ']': () => press('#next'),
  o: () => press('[data-order]'),
});
// Back from a hit: the browser keeps the place, the keys should keep it too.
for (const hit of hits) hit.addEventListener('click', () => { try { sessionStorage.setItem(location.search, hits.indexOf(hit)); } catch { /* private mode */ } });
const left = hits[Number(sessionStorage.getItem(location.search) ?? -1)];
if (left) { left.focus({ preventScroll: true }); left.scrollIntoView({ block: 'nearest' }); } else if (hits.length) hits[0].focus({ preventScroll: true });
