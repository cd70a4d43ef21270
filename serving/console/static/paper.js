// The turns on the paper: one row each with what was noted beside it, redrawn where they change. It changes no turn.
import { $, $$, clock, data, t } from './page.js';
import { behind, isSummary } from './dividing.js';
import { entries } from './entries.js';
import { open, same, seconds } from './turns.js';

export const talk = $('#talk');
const model = $('#turn');
/** Ids of summaries whose own turns are shown below them. */
const opened = new Set();
let rows = [], shown = [], besides = [], sums = new Map(), last = null;

export const rowOf = (place) => rows[place] ?? null;
export const placeOf = (row) => rows.indexOf(row);

/** Show the record; `saved` by id tells which turns differ from what the server has. */
export function show(body, saved) {
  last = [body, saved];
  const { turns } = body, notes = new Map(), was = new Map(shown.map((turn, n) => [turn, n]));
  sums = behind(turns);
  for (const one of entries(body)) notes.set(standsAt(one), [...(notes.get(standsAt(one)) ?? []), one]);
  const fresh = turns.map((turn) => notes.get(turn.id) ?? []);
  const kept = (turn, n) => was.has(turn) && besides[was.get(turn)].length === fresh[n].length && besides[was.get(turn)].every(([, one], k) => one === fresh[n][k][1]);
  // Who writes on while a save comes back keeps the row: it is drawn again when the writing ends.
  const written = rows.findIndex((row) => row.classList.contains('writing')), held = shown[written]?.id;
  exchange(turns.map((turn, n) => (turn.id === held ? rows[written] : kept(turn, n) ? rows[was.get(turn)] : draw(turn, fresh[n]))));
  rows.forEach((row, n) => {
    const sum = sums.get(turns[n].id);
    row.classList.toggle('changed', !same(turns[n], saved.get(turns[n].id)));
    row.classList.toggle('behind', Boolean(sum));
    row.classList.toggle('opened', isSummary(turns[n]) && opened.has(turns[n].id));
    row.hidden = Boolean(sum) && !opened.has(sum);
  });
  shown = turns;
  besides = fresh;
  $('#no-turns').hidden = turns.length > 0;
}

/** The turn that an entry is shown at: what a summary hides stands at the summary, save for corrections of hidden words. */
function standsAt([kind, , turn]) {
  const sum = sums.get(turn);
  return sum && kind !== 'correction' && !opened.has(sum) ? sum : turn;
}

/** Other rows for those of before; those that stay are not moved. Who had the focus in one has it in what took its place. */
function exchange(wanted) {
  const keep = new Set(wanted), focused = rows.findIndex((row) => row.contains(document.activeElement)), lost = focused >= 0 && !keep.has(rows[focused]);
  for (const row of rows) if (!keep.has(row)) row.remove();
  let at = talk.firstElementChild;
  for (const row of wanted) if (row === at) at = at.nextElementSibling; else talk.insertBefore(row, at);
  rows = wanted;
  if (lost) $('.at', rows[Math.min(focused, rows.length - 1)] ?? talk)?.focus({ preventScroll: true });
}

export function redraw(place) {
  const fresh = draw(shown[place], besides[place]);
  fresh.className = rows[place].className;
  rows[place].replaceWith(fresh);
  rows[place] = fresh;
}

/** The turns that a summary stands for, below it or away again. */
export function unfold(id, whether = !opened.has(id)) {
  if (whether) opened.add(id); else opened.delete(id);
  show(...last);
}

/** See to it that a row can be seen: what stands behind a summary is unfolded. */
export function reveal(place) {
  if (rows[place]?.hidden) unfold(sums.get(shown[place].id), true);
}

// --- a row -----------------------------------------------------------------------------------------------------------
const piece = (name, text, tag = 'span') => Object.assign(document.createElement(tag), { className: name, textContent: text });

function draw(turn, notes) {
  const row = model.content.firstElementChild.cloneNode(true), [first] = seconds(turn);
  row.dataset.turn = turn.id;
  row.classList.toggle('confirmed', turn.confirmed_by !== null);
  row.classList.toggle('left-out', !turn.text_final);
  row.classList.toggle('summary', isSummary(turn));
  const at = $('.at', row);
  at.textContent = first ? clock(first[0]) : '–';
  at.setAttribute('aria-label', first ? t('conversation.hear', { at: at.textContent }) : t('conversation.typed'));
  const role = $('.role', row);
  role.textContent = data.roles[turn.role] ?? '？';
  role.dataset.value = turn.role ?? '';
  $('.said', row).replaceChildren(...marked(turn.text_final, notes.filter(([kind]) => kind === 'correction').map(([, one]) => one)));
  $('.raw-text', row).textContent = turn.text_raw || t('conversation.typed');
  $('.raw-open', row).hidden = isSummary(turn) || turn.text_raw === turn.text_final;
  $('.fold', row).hidden = !isSummary(turn);
  $('.fold', row).textContent = t('conversation.sums_up', { n: turn.summary_of.length });
  const left = open(turn);
  $('.flags', row).replaceChildren(...turn.flags.map((flag) => tag(flag, left.includes(flag))));
  const state = $('.state', row);
  state.textContent = turn.confirmed_by === null ? (isSummary(turn) ? t('conversation.unconfirmed') : t('edit.machine')) : t('edit.confirmed');
  if (turn.confirmed_by !== null) state.title = t('edit.confirmed_by', { who: data.people[turn.confirmed_by] ?? turn.confirmed_by });
  $('.beside', row).replaceChildren(...notes.filter(([kind]) => kind !== 'correction').map(([kind, one]) => beside(kind, one)));
  return row;
}

/** The text as paper shows it: what was struck, what came in its place, and where a finger is pressed. */
function marked(text, corrections) {
  const found = corrections.map((one) => [text.indexOf(one.after), one]).filter(([at, one]) => one.after && at >= 0).sort(([one], [other]) => one - other);
  const pieces = [];
  let done = 0;
  for (const [at, one] of found) {
    if (at < done) continue;
    pieces.push(text.slice(done, at), piece('struck', one.before, 'del'), piece('added', one.after, 'ins'));
    if (one.fingerprint_slot) pieces.push(Object.assign(piece('slot', '◎'), { title: t('conversation.slot') }));
    done = at + one.after.length;
  }
  return [...pieces, text.slice(done)];
}

/** The words alone, to be written in. */
export const bare = (place) => $('.said', rows[place]).replaceChildren(shown[place].text_final);

const shownBy = new WeakMap();
/** Kind and value of the entry that a piece of the paper shows. */
export const entryOf = (element) => shownBy.get(element) ?? [];

function beside(kind, one) {
  const found = piece(`entry ${kind}`, `${one.at ? `${clock(one.at.start_ms / 1000)} ` : ''}${data.entries[kind]} ${wording(kind, one)}`);
  shownBy.set(found, [kind, one]);
  return found;
}

/** What an entry says, in one line. */
export function wording(kind, one) {
  if (kind === 'exhibit') return `${one.no}：${one.name}`;
  if (kind === 'bookmark') return one.label;
  if (kind === 'interruption') return t('conversation.paused', { to: clock(one.at.end_ms / 1000), reason: one.reason });
  return one.before ? `${one.before} → ${one.after}` : one.after;
}

function tag(flag, left) {
  const found = piece(left ? 'tag flag' : 'tag settled', `${left ? '※ ' : ''}${data.labels[flag.code] ?? flag.code}${flag.note ? `：${flag.note}` : ''}`);
  if (!left) found.title = t('edit.settled');
  return found;
}

// --- what is chosen and spoken ---------------------------------------------------------------------------------------
/** The turn that keys act on, and the stretch of them from `from` on where one is chosen. */
export function choose(place, from = place) {
  for (const row of $$('.now, .chosen', talk)) row.classList.remove('now', 'chosen');
  rows[place]?.classList.add('now');
  if (from !== place) for (let n = Math.min(place, from); n <= Math.max(place, from); n += 1) rows[n]?.classList.add('chosen');
}

/** The words chosen with the mouse in a turn, and at which of its characters they begin; what was struck is left aside. */
export function picked(place) {
  const selection = getSelection(), said = rows[place] && $('.said', rows[place]);
  if (!said || !selection.rangeCount || selection.isCollapsed || !said.contains(selection.anchorNode) || !said.contains(selection.focusNode)) return ['', -1];
  const range = selection.getRangeAt(0), before = document.createRange();
  before.setStart(said, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const words = (each) => { const copy = each.cloneContents(); for (const one of $$('.struck, .slot', copy)) one.remove(); return copy.textContent; };
  return [words(range), words(before).length];
}

/** The place of the turn that is spoken at `time`; asked on each frame, so the stretches are laid out once. */
let laid = { turns: null, stretches: [] };
export function spokenAt(time) {
  if (laid.turns !== shown) {
    const stretches = shown.flatMap((turn, n) => (isSummary(turn) ? [] : seconds(turn).map(([start, end]) => [start, end, n])));
    laid = { turns: shown, stretches: stretches.sort((one, other) => one[0] - other[0]) };
  }
  let low = 0, high = laid.stretches.length;
  while (low < high) { const middle = (low + high) >> 1; if (laid.stretches[middle][0] <= time) low = middle + 1; else high = middle; }
  const [, end, place] = laid.stretches[low - 1] ?? [0, 0, -1];
  if (time >= end) return -1;
  // What a summary hides is lit in the summary.
  return rows[place].hidden ? shown.findIndex((turn) => turn.id === sums.get(shown[place].id)) : place;
}

let lit = null;
export function light(place) {
  const row = rows[place] ?? null;
  if (row === lit) return;
  lit?.classList.remove('spoken');
  lit = row;
  lit?.classList.add('spoken');
}

/** Into the middle third, only when it is not there already: a page that jumps under the eye is read twice. */
export function bringIntoView(element, pane = $('#paper')) {
  const box = element.getBoundingClientRect(), frame = pane.getBoundingClientRect();
  if (box.top < frame.top + 60 || box.bottom > frame.bottom - 60) element.scrollIntoView({ block: 'center' });
}
