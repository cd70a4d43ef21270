// The cataloguing board: every act of a person on the documents of a volume, by key or by hand, and its undoing. What a
// list of documents becomes is in documents.js, what is seen in board_view.js, what is kept in board_keeping.js.
import { $, $$, data, shortcuts, t, toast } from './page.js';
import { ask } from './deciding.js';
import { dragging } from './board_drag.js';
import { keeping } from './board_keeping.js';
import { cut, draw, light, standing } from './board_view.js';
import { after, before, bordered, fresh, holding, joined, moved, split } from './documents.js';

const UNDO_MOST = 500;
const numbers = data.pages.map((page) => page.number), inked = data.pages.filter((page) => !page.blank).map((page) => page.number);
const sheets = $('#sheets'), me = data.account, past = [];
let rows = data.documents.length || !inked.length ? data.documents : [{ ...fresh(inked[0], inked.at(-1), data.unknown) }];
let page = Number(new URLSearchParams(location.search).get('page')) || rows[0]?.first_page;
if (!numbers.includes(page)) page = rows[0]?.first_page ?? numbers[0];

const told = {
  saved: (n) => t('board.saved', { n }), waiting: () => t('board.waiting'), saving: () => t('board.saving'),
  failed: () => t('board.failed'), conflict: () => t('board.conflict'),
};
const keeper = keeping((state, version) => {
  $('#save-state').textContent = told[state](version);
  $('#save-state').classList.toggle('bad', state === 'failed' || state === 'conflict');
  if (version > data.version) $('#version-tag').textContent = t('edit.tag', { n: version });
});

/** The document that the work stands in; a blank page between two belongs to the one before it. */
const current = () => { const n = holding(rows, page); return n >= 0 ? n : Math.max(0, rows.findLastIndex((one) => one.first_page <= page)); };

function tell() {
  const done = rows.filter((one) => standing(one) === 'done').length, left = rows.filter((one) => standing(one) === 'check').length;
  $('#place').textContent = t('board.place', { n: current() + 1, total: rows.length });
  $('#bar').value = rows.length ? done / rows.length : 1;
  $('#done-count').textContent = t('board.count', { n: done, total: rows.length, left });
  $('#undo')?.toggleAttribute('disabled', !past.length);
}

function go(number) {
  if (number === undefined) return;
  page = number;
  light(page, current(), rows);
  tell();
}

function show(changed) {
  rows = changed;
  draw(rows);
  go(page);
}

/** Make the documents be `changed`: null and the same list are no act. */
function act(changed, { soon } = {}) {
  if (!data.may_write || !changed || changed === rows) return;
  past.push([rows, page]);
  if (past.length > UNDO_MOST) past.shift();
  show(changed);
  keeper.keep(rows, { soon });
}

function undo() {
  const last = past.pop();
  if (!last) { toast(t('edit.no_undo')); return; }
  page = last[1];
  show(last[0]);
  keeper.keep(rows);
}

const step = (direction) => go(numbers[numbers.indexOf(page) + direction]);
const document_ = (direction) => go(rows[current() + direction]?.first_page);

/** To the next document that stands open; from the last one on from the front. */
function open(wanted, direction = 1) {
  const at = current(), order = rows.map((_, n) => (at + direction * (n + 1) + 2 * rows.length) % rows.length);
  const next = order.find((n) => wanted.includes(standing(rows[n])));
  if (next === undefined) toast(t('board.none_left')); else go(rows[next].first_page);
}

function confirm() {
  const n = current(), one = rows[n];
  if (!one || !data.may_write) return;
  if (!one.confirmed_by) act(rows.toSpliced(n, 1, { ...one, confirmed_by: me }), { soon: true });
  if (rows[n + 1] && standing(rows[n + 1]) !== 'done') document_(1); else open(['open', 'check']);
}

async function edit() {
  const n = current(), answer = data.may_write && rows[n] && (await ask(rows[n]));
  if (answer) act(rows.toSpliced(n, 1, { ...answer, confirmed_by: me }));
}

async function begin() {
  const n = current(), one = rows[n];
  if (!data.may_write || !one || !inked.includes(page)) return;
  if (one.first_page === page) { toast(t('cataloguing.begins')); return; }
  const answer = await ask(fresh(page, one.last_page, one.type));
  if (answer) act(split(rows, inked, n, answer, me));
}

function merge() {
  const n = current();
  if (n < 1) toast(t('cataloguing.first')); else act(joined(rows, n, me));
}

function give(direction) {
  const changed = moved(rows, inked, page, current() + direction, me);
  if (changed) act(changed); else toast(direction < 0 ? t('cataloguing.first') : t('board.last'));
}

dragging(sheets, {
  allowed: () => data.may_write,
  pick: (number) => { sheets.focus({ preventScroll: true }); go(number); },
  border: (n, first) => {
    const at = inked.includes(first) ? first : after(inked, first) ?? inked.at(-1);
    return Math.max(after(inked, rows[n - 1].first_page), Math.min(at, rows[n].last_page));
  },
  edge: (n, first) => act(bordered(rows, inked, n, first, me)),
  fits: (number, n) => Math.abs(n - holding(rows, number)) === 1 && inked.includes(number),
  move: (number, n) => { page = number; act(moved(rows, inked, number, n, me)); },
});
$('#tree').addEventListener('click', (event) => {
  const hit = event.target.closest('[data-document]');
  if (hit) go(rows[Number(hit.dataset.document)].first_page);
});
sheets.addEventListener('dblclick', (event) => { if (event.target.closest('.doc')) edit(); });
for (const [id, deed] of [['edit-document', edit], ['split-document', begin], ['merge-document', merge], ['confirm-document', confirm], ['undo', undo]]) {
  $(`#${id}`)?.addEventListener('click', (event) => { event.currentTarget.blur(); deed(); });
}
document.addEventListener('keydown', (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]')) return;
  if (key === 'z') { event.preventDefault(); undo(); }
  if (key === 's') { event.preventDefault(); keeper.flush(); }
});
/** Enter is the button's or the link's where one has the focus. */
const unless = (deed) => () => (document.activeElement?.closest('a, button, summary') ? false : deed());
shortcuts({
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  ArrowDown: () => document_(1),
  ArrowUp: () => document_(-1),
  ']': () => document_(1),
  '[': () => document_(-1),
  Home: () => go(numbers[0]),
  End: () => go(numbers.at(-1)),
  n: () => open(['check']),
  p: () => open(['check'], -1),
  Enter: unless(confirm),
  y: confirm,
  e: edit,
  s: begin,
  m: merge,
  ',': () => give(-1),
  '.': () => give(1),
  u: undo,
  o: () => location.assign($('#open-page').href),
  '+': () => $('#near').classList.add('large'),
  '-': () => $('#near').classList.remove('large'),
});

if (rows.length) {
  show(rows);
  sheets.focus({ preventScroll: true });
} else $('#no-pages').hidden = false;
