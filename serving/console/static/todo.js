// What is left to listen to, as a list beside the text, and how much of the text a person has confirmed. Changes no sentence.
import { $, clock, data, t } from './page.js';
import { doubts } from './sentences.js';

/** Entries shown at once; the list moves on as they are dealt with. */
const SHOWN_MOST = 60;
const known = new WeakMap();
let listed = [];

/** What is doubtful about a sentence; a sentence never changes, so that it is asked once. */
function doubtsOf(one) {
  if (!known.has(one)) known.set(one, doubts(one));
  return known.get(one);
}

export function refresh(sentences) {
  const left = [];
  let confirmed = 0;
  for (const [place, one] of sentences.entries()) {
    if (one.confirmed) confirmed += 1;
    const found = doubtsOf(one);
    if (found.length) left.push([place, one, found]);
  }
  $('#doubt-count').textContent = left.length ? t('edit.left', { n: left.length }) : t('edit.none_left');
  $('#next-doubt').disabled = left.length === 0;
  const wanted = left.slice(0, SHOWN_MOST);
  const same = wanted.length === listed.length && wanted.every(([place, one], n) => place === listed[n][0] && one === listed[n][1]);
  if (!same) $('#todo').replaceChildren(...wanted.map(entry));
  listed = wanted;
  $('#todo-more').textContent = left.length > SHOWN_MOST ? t('edit.more', { n: left.length - SHOWN_MOST }) : '';
  $('#confirmed-count').textContent = t('edit.progress', { n: confirmed, total: sentences.length });
  const bar = $('#confirmed-bar');
  bar.max = Math.max(1, sentences.length);
  bar.value = confirmed;
}

function entry([place, one, found]) {
  const item = document.createElement('li');
  item.dataset.place = place;
  const at = document.createElement('span'), text = document.createElement('span');
  at.className = 'number quiet';
  at.textContent = clock(one.start);
  text.className = 'what';
  text.textContent = one.text || t('edit.no_text');
  const tags = found.map((flag) => {
    const tag = document.createElement('span');
    tag.className = 'tag flag';
    tag.textContent = data.labels[flag] ?? flag;
    return tag;
  });
  item.append(at, text, ...tags);
  return item;
}
