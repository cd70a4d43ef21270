// The board as it is seen: the documents as a list, their pages as cards of small pictures, one page large beside them.
// It draws what it is given and decides nothing.
import { $, $$, data, t } from './page.js';

const tree = $('#tree'), sheets = $('#sheets');
const pageOf = new Map(data.pages.map((page) => [page.number, page]));
const findings = new Map(data.pages.map((page) => [page.number, data.findings.filter((one) => one.page === page.number)]));
const picture = (page) => (page.copy ? `/api/v1/derived/${page.copy}/content` : null);

const piece = (tag, kind, text = '') => Object.assign(document.createElement(tag), { className: kind, textContent: text });
const span = (one) => (one.first_page === one.last_page ? `${one.first_page}` : `${one.first_page}–${one.last_page}`);

/** done: a person decided it; check: the machine was unsure; open: neither. */
export const standing = (one) => (one.confirmed_by ? 'done' : one.confidence < data.unsure ? 'check' : 'open');

const leaves = new Map(data.pages.map((page) => [page.number, leaf(page)]));
const states = { done: () => t('board.done'), check: () => t('board.check'), open: () => t('board.open') };

function leaf(page) {
  const box = piece('div', `leaf${page.blank ? ' blank' : ''}`);
  box.id = `leaf-${page.number}`;
  box.dataset.page = page.number;
  box.setAttribute('role', 'option');
  box.setAttribute('aria-label', t('board.page', { n: page.number }));
  if (page.copy) {
    const image = Object.assign(new Image(page.width, page.height), { loading: 'lazy', decoding: 'async', draggable: false, alt: '' });
    image.src = `/api/v1/derived/${page.copy}/content`;
    box.append(image);
  } else box.append(piece('i', 'none'));
  const foot = piece('span', 'foot', `${page.number}`);
  for (const one of findings.get(page.number) ?? []) foot.append(Object.assign(piece('b', 'tag flag', one.kind), { title: one.text }));
  if (page.blank) foot.append(piece('b', 'tag', t('board.blank')));
  box.append(foot);
  return box;
}

function card(one, n, numbers) {
  const box = piece('section', `doc ${standing(one)}`), head = piece('header', ''), room = piece('div', 'leaves');
  box.dataset.document = n;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', `${n + 1} ${one.title} ${span(one)}`);
  head.title = one.title === one.type ? one.title : `${one.title} · ${one.type}`;
  head.append(piece('span', 'n', `${n + 1}`), piece('span', 'x', one.title));
  room.append(...numbers.map((number) => leaves.get(number)));
  box.append(head, room);
  if (n > 0) box.prepend(Object.assign(piece('div', 'edge'), { title: t('board.edge') }));
  return box;
}

function row(one, n) {
  const item = piece('li', standing(one)), button = Object.assign(piece('button', ''), { type: 'button' });
  button.dataset.document = n;
  const words = piece('span', 'x', one.title);
  const about = [one.type === one.title ? '' : one.type, one.number, one.date].filter(Boolean).join(' · ');
  if (about) words.append(Object.assign(piece('span', 'about', about), { title: about }));
  const state = piece('span', 's', states[standing(one)]());
  button.append(piece('span', 'n', `${n + 1}`), words, piece('span', 'c', span(one)), state);
  item.append(button);
  return item;
}

/** Draw the documents; pages of none, blank ones, stand behind the document before them. */
export function draw(rows) {
  const numbers = data.pages.map((page) => page.number), top = sheets.scrollTop;
  tree.replaceChildren(...rows.map(row));
  sheets.replaceChildren(...rows.map((one, n) => {
    const from = n ? one.first_page : -Infinity, to = rows[n + 1]?.first_page ?? Infinity;
    return card(one, n, numbers.filter((number) => from <= number && number < to));
  }));
  sheets.scrollTop = top;
}

/** Show where the work stands: page `number` of document `n` is large, its row and its card are lit. */
export function light(number, n, rows) {
  for (const old of $$('.at, [aria-current], [aria-selected=true]')) {
    old.classList.remove('at');
    old.removeAttribute('aria-current');
    if (old.getAttribute('role') === 'option') old.setAttribute('aria-selected', false);
  }
  const page = pageOf.get(number), small = leaves.get(number), line = $$('button', tree)[n], shown = $('#near-picture');
  small.classList.add('at');
  small.setAttribute('aria-selected', true);
  sheets.setAttribute('aria-activedescendant', small.id);
  line?.setAttribute('aria-current', 'true');
  $$('.doc', sheets)[n]?.classList.add('at');
  line?.scrollIntoView({ block: 'nearest' });
  small.scrollIntoView({ block: 'nearest' });
  const source = picture(page);
  shown.hidden = !source;
  if (source && shown.getAttribute('src') !== source) { shown.src = source; $('#near').scrollTop = 0; }
  shown.alt = t('board.page', { n: number });
  $('#near-place').textContent = t('board.near', { n: number, title: rows[n]?.title ?? '' });
  $('#near-findings').replaceChildren(...(findings.get(number) ?? []).map((one) => {
    const note = piece('li', ''); note.append(piece('span', 'tag flag', one.kind), ` ${one.text}`); return note;
  }));
  $('#open-page').href = `/records/${data.record}?page=${number}`;
}

/** The line that says where a border would come to lie: before page `number`; null takes it away. */
export function cut(number) {
  $('.cut', sheets)?.classList.remove('cut');
  if (number !== null) leaves.get(number)?.classList.add('cut');
}

/** The document under the pointer that would take a page; null takes the mark away. */
export function takes(n) {
  for (const one of $$('.doc.takes', sheets)) one.classList.remove('takes');
  if (n !== null) $$('.doc', sheets)[n]?.classList.add('takes');
}
