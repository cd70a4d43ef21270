// The sentences on the page: one row each, redrawn where they change; lights the word that is spoken. Changes no sentence.
import { $, clock, data, t } from './page.js';
import { held, inFigures, rawPlace } from './numbers.js';
import { hints, open } from './sentences.js';

export const talk = $('#talk');
const model = $('#sentence');
const UNSURE = 0.75, DOUBTFUL = 0.5;
let shown = [], rows = [], lit = null, current = null;
/** Whether numbers stand in figures on the page; the text itself never does. */
let figures = true;

export const rowOf = (place) => rows[place] ?? null;
export const placeOf = (row) => rows.indexOf(row);

/** Show another list of sentences; rows whose sentence stayed are kept as they are. */
export function show(sentences) {
  let head = 0;
  while (head < shown.length && head < sentences.length && shown[head] === sentences[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(shown.length, sentences.length) - head && shown.at(-1 - tail) === sentences.at(-1 - tail)) tail += 1;
  const known = new Map();
  for (let n = head; n < shown.length - tail; n += 1) known.set(shown[n], rows[n]);
  // Who writes on while a save comes back keeps the row, untouched in its place: it is drawn again when the writing ends.
  const held = shown.length === sentences.length ? rows.slice(head, rows.length - tail).findIndex((row) => row.classList.contains('writing')) : -1;
  const fresh = sentences.slice(head, sentences.length - tail).map((one, n) => known.get(one) ?? (n === held ? rows[head + n] : draw(one)));
  const keep = new Set(fresh), was = rows.indexOf(current);
  for (const row of rows.slice(head, rows.length - tail)) if (!keep.has(row)) row.remove();
  const after = rows[rows.length - tail] ?? null;
  if (held >= 0) insert(fresh.slice(0, held), fresh[held]);
  insert(fresh.slice(held + 1), after);
  const moved = shown.length !== sentences.length;
  rows = [...rows.slice(0, head), ...fresh, ...rows.slice(rows.length - tail)];
  shown = sentences;
  for (let n = head; n < (moved ? rows.length : head + fresh.length); n += 1) rows[n].id = `s${n}`;
  lit?.classList.remove('now');
  lit = null;
  // The current sentence was redrawn where it stood: nothing has to scroll.
  if (current && !current.isConnected) { current = rows[was] ?? null; mark(current, true); }
  $('#no-sentences').hidden = rows.length > 0;
}

function insert(some, before) {
  const whole = document.createDocumentFragment();
  whole.append(...some);
  talk.insertBefore(whole, before);
}

function draw(one) {
  const row = model.content.firstElementChild.cloneNode(true);
  row.dataset.start = one.start;
  row.dataset.end = one.end;
  row.classList.toggle('confirmed', one.confirmed);
  const at = $('.at', row);
  at.textContent = clock(one.start);
  at.setAttribute('aria-label', t('edit.from', { at: clock(one.start) }));
  const role = $('.role', row);
  role.textContent = data.roles[one.role] ?? one.role ?? '–';
  role.dataset.value = one.role ?? '';
  $('.speaker', row).textContent = one.speaker ?? '';
  $('.said', row).replaceChildren(...wordsOf(one));
  const left = open(one);
  const tags = [...one.flags, ...(one.marked ? ['marked'] : [])].map((flag) => tag(flag, left.includes(flag)));
  $('.flags', row).replaceChildren(...hints(one).map(hint), ...numberTags(one), ...tags);
  const state = $('.state', row);
  state.textContent = one.confirmed ? t('edit.confirmed') : t('edit.machine');
  if (one.confirmed && one.by) state.title = t('edit.confirmed_by', { who: data.people[one.by] ?? one.by });
  return row;
}

/** A span for each word; in figures the word in which a number begins shows it, with what was said at hand. */
function wordsOf(one, asFigures = figures) {
  const words = one.words.length ? one.words : one.text ? [[0, 0, one.text, 1, 1]] : [];
  const texts = words.map(([, , text]) => text), shows = asFigures ? inFigures(texts, one.numbers) : texts.map((text) => [[[text, null]], -1]);
  return words.map(([, , , sure, human], n) => {
    const [pieces, first] = shows[n], shade = human ? (one.words.length ? 'human' : '') : sure < DOUBTFUL ? 'doubtful' : sure < UNSURE ? 'unsure' : '';
    const word = span('', shade ? `w ${shade}` : 'w');
    word.append(...pieces.map(([text, number]) => (number ? figure(text, number[2]) : text)));
    if (first >= 0) word.dataset.first = first;
    if (shade && !human) word.title = t('edit.sure', { p: Math.floor(sure * 100) });
    return word;
  });
}

function figure(text, raw) {
  const made = span(text, 'figure');
  made.title = t('edit.raw_number', { raw });
  return made;
}

/** Numbers in figures, or as they were said. */
export function showFigures(whether = !figures) {
  figures = whether;
  shown.forEach((one, n) => { if (one.numbers.length && !rows[n].classList.contains('writing')) redraw(n); });
  return figures;
}
export const hasNumbers = (sentences) => sentences.some((one) => held(one.text, one.numbers).length);

/** The words as they were said, to be written in. */
export const bare = (place) => $('.said', rows[place]).replaceChildren(...wordsOf(shown[place], false));
/** A character of what the page shows as one of the text. */
export const charOf = (place, at) => (figures ? rawPlace(shown[place].text, shown[place].numbers, at) : at);

const numberTags = (one) => held(one.text, one.numbers).flatMap(([, , , text, codes]) => codes.map((code) => tag(code, !one.confirmed, text)));

function span(text, name) {
  const made = document.createElement('span');
  made.className = name;
  made.textContent = text;
  return made;
}

function hint([, , said, hotword]) {
  const made = span(`${said} → ${hotword}？`, 'tag hint');
  made.title = t('edit.hint');
  return made;
}

function tag(flag, left, about = '') {
  const made = span(`${data.labels[flag] ?? flag}${about && `：${about}`}`, left ? 'tag flag' : 'tag settled');
  if (!left) made.title = t('edit.settled');
  return made;
}

/** Index of the last sentence that starts at or before `time`, by halving: a day of interrogation has thirty thousand. */
export function sentenceAt(sentences, time) {
  let low = 0, high = sentences.length;
  while (low < high) { const mid = (low + high) >> 1; if (sentences[mid].start <= time + 1e-3) low = mid + 1; else high = mid; }
  return low - 1;
}

/** Index of the word of `one` that is spoken at `time`, or -1 in a pause. */
function wordAt(one, time) {
  let found = -1;
  for (const [n, word] of one.words.entries()) if (word[0] <= time + 1e-3) found = n;
  return found >= 0 && time < one.words[found][1] + 0.05 ? found : -1;
}

export function bringIntoView(row) {
  const box = row.getBoundingClientRect(), room = talk.getBoundingClientRect();
  if (box.top < room.top + 40 || box.bottom > room.bottom - 90) row.scrollIntoView({ block: 'center' });
}

function mark(row, now) {
  row?.classList.toggle('now', now);
  if (now) row?.setAttribute('aria-current', 'true'); else row?.removeAttribute('aria-current');
}

/** Light the sentence at `place` and its word at `time`. */
export function light(sentences, place, time) {
  const row = rows[place] ?? null;
  if (row !== current) {
    mark(current, false);
    mark(row, true);
    current = row;
    if (row) bringIntoView(row);
  }
  const at = row ? wordAt(sentences[place], time) : -1;
  const said = row && $('.said', row), there = at >= 0 ? said.children[at] ?? null : null;
  // Of a number that runs over several words the figures are lit.
  const word = there?.textContent ? there : said?.children[there?.dataset.first] ?? there;
  if (word === lit) return;
  lit?.classList.remove('now');
  word?.classList.add('now');
  lit = word;
}

/** Draw the row at `place` again, whatever was written into it. */
export function redraw(place) {
  const row = draw(shown[place]), old = rows[place];
  row.id = old.id;
  old.replaceWith(row);
  rows[place] = row;
  if (current === old) { current = row; lit = null; mark(row, true); }
}
