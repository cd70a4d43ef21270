// The turns on the paper: one row each, redrawn where they change. It changes no turn.
import { $, clock, data, t } from './page.js';
import { open, same, seconds } from './turns.js';

export const talk = $('#talk');
const model = $('#turn');
let rows = [], shown = [];

export const rowOf = (place) => rows[place] ?? null;
export const placeOf = (row) => rows.indexOf(row);

/** Show the turns; `saved` by id tells which of them differ from what the server has. */
export function show(turns, saved) {
  const before = rows;
  rows = turns.map((turn, n) => (shown[n] === turn && before[n] ? before[n] : draw(turn)));
  if (before.length === rows.length) rows.forEach((row, n) => { if (row !== before[n]) exchange(before[n], row); });
  else talk.replaceChildren(...rows);
  rows.forEach((row, n) => row.classList.toggle('changed', !same(turns[n], saved.get(turns[n].id))));
  shown = turns;
  $('#no-turns').hidden = turns.length > 0;
}

/** A row for another; who had the focus in the one has it in the other. */
function exchange(before, row) {
  const focused = before.contains(document.activeElement);
  before.replaceWith(row);
  if (focused) $('.at', row).focus({ preventScroll: true });
}

export function redraw(place) {
  const fresh = draw(shown[place]);
  fresh.className = rows[place].className;
  rows[place].replaceWith(fresh);
  rows[place] = fresh;
}

function draw(turn) {
  const row = model.content.firstElementChild.cloneNode(true), [first] = seconds(turn);
  row.dataset.turn = turn.id;
  row.classList.toggle('confirmed', turn.confirmed_by !== null);
  row.classList.toggle('left-out', !turn.text_final);
  const at = $('.at', row);
  at.textContent = first ? clock(first[0]) : '–';
  at.setAttribute('aria-label', first ? t('conversation.hear', { at: at.textContent }) : t('conversation.typed'));
  const role = $('.role', row);
  role.textContent = data.roles[turn.role] ?? '？';
  role.dataset.value = turn.role ?? '';
  $('.said', row).textContent = turn.text_final;
  $('.raw-text', row).textContent = turn.text_raw || t('conversation.typed');
  $('.raw-open', row).hidden = turn.text_raw === turn.text_final;
  const left = open(turn);
  $('.flags', row).replaceChildren(...turn.flags.map((flag) => tag(flag, left.includes(flag))));
  const state = $('.state', row);
  state.textContent = turn.confirmed_by === null ? t('edit.machine') : t('edit.confirmed');
  if (turn.confirmed_by !== null) state.title = t('edit.confirmed_by', { who: data.people[turn.confirmed_by] ?? turn.confirmed_by });
  return row;
}

function tag(flag, left) {
  const found = document.createElement('span');
  found.className = left ? 'tag flag' : 'tag settled';
  found.textContent = `${left ? '※ ' : ''}${data.labels[flag.code] ?? flag.code}${flag.note ? `：${flag.note}` : ''}`;
  if (!left) found.title = t('edit.settled');
  return found;
}

let chosen = null;
export function choose(place) {
  chosen?.classList.remove('now');
  chosen = rows[place] ?? null;
  chosen?.classList.add('now');
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
