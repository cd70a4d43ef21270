// A transcript beside its recording: each word leads to its second, the word spoken now is lit, doubts are walked by key.
import { $, $$, shortcuts, t } from './page.js';
import { control, media, seek } from './player.js';

const talk = $('#talk');
const segments = $$('.seg', talk);
const words = $$('.w', talk);
const starts = words.map((word) => Number(word.dataset.s));
const ends = words.map((word) => Number(word.dataset.e));
const bounds = segments.map((segment) => [Number(segment.dataset.start), Number(segment.dataset.end)]);
const doubts = segments.filter((segment) => $('.w.doubtful, .w.unsure, .flags', segment));
let lit = null, open = null;

/** Index of the last start at or before `time`, by halving: a day of interrogation has a hundred thousand words. */
function last(values, time) {
  let low = 0, high = values.length;
  while (low < high) { const mid = (low + high) >> 1; if (values[mid] <= time + 1e-3) low = mid + 1; else high = mid; }
  return low - 1;
}

const segmentStarts = bounds.map((b) => b[0]);

function bringIntoView(segment) {
  const box = segment.getBoundingClientRect(), room = talk.getBoundingClientRect();
  if (box.top < room.top + 40 || box.bottom > room.bottom - 90) segment.scrollIntoView({ block: 'center' });
}

function onTime(time) {
  const at = last(starts, time), word = at >= 0 && time < ends[at] + 0.05 ? words[at] : null;
  if (word !== lit) { lit?.classList.remove('now'); word?.classList.add('now'); lit = word; }
  const place = last(segmentStarts, time), segment = place >= 0 ? segments[place] : null;
  if (segment !== open) {
    open?.classList.remove('now');
    open?.removeAttribute('aria-current');
    segment?.classList.add('now');
    segment?.setAttribute('aria-current', 'true');
    open = segment;
    if (segment) bringIntoView(segment);
  }
}

function to(segment) {
  if (!segment) return;
  seek(Number(segment.dataset.start));
  $('.at', segment).focus({ preventScroll: true });
  bringIntoView(segment);
}

function step(list, direction) {
  const time = media.currentTime;
  const starts_ = list.map((segment) => Number(segment.dataset.start));
  const at = last(starts_, time);
  // Going back from the middle of a segment leads to its own start first, as in every player.
  const inside = at >= 0 && time - starts_[at] > 0.8;
  to(list[direction > 0 ? at + 1 : Math.max(0, inside ? at : at - 1)]);
}

function stepWord(direction) {
  const at = last(starts, media.currentTime);
  const place = Math.max(0, Math.min(words.length - 1, at + direction));
  if (words.length) seek(starts[place]);
}

talk.addEventListener('click', (event) => {
  const word = event.target.closest('.w');
  if (word && !String(getSelection())) { seek(Number(word.dataset.s)); return; }
  const at = event.target.closest('[data-seek]');
  if (at) seek(Number(at.dataset.seek), event.detail === 0);
});
talk.addEventListener('dblclick', (event) => {
  const word = event.target.closest('.w');
  if (word) { getSelection().removeAllRanges(); seek(Number(word.dataset.s), true); }
});
$('#next-doubt').addEventListener('click', () => step(doubts, 1));
$('#next-doubt').disabled = doubts.length === 0;
$('#doubt-count').textContent = $('#doubt-count').dataset.text.replace('{n}', doubts.length);

shortcuts({
  ArrowDown: () => step(segments, 1),
  ArrowUp: () => step(segments, -1),
  ',': () => stepWord(-1),
  '.': () => stepWord(1),
  n: () => step(doubts, 1),
  p: () => step(doubts, -1),
  r: () => { if (open) seek(Number(open.dataset.start), true); },
});
control(onTime);
// A link to a second (#t=12.5) opens there: what search results and alarms point at.
const asked = /^#t=([\d.]+)$/.exec(location.hash);
if (asked) {
  const go = () => seek(Number(asked[1]));
  if (media.readyState > 0) go(); else media.addEventListener('loadedmetadata', go, { once: true });
}
