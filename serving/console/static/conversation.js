// The page of a 笔录: what was said is heard, put right and confirmed turn by turn, the header is filled, the rules are settled,
// the record goes on to its next state; all by key. It holds the record and its history: how it changes is in turns.js, how
// it looks in paper.js and header.js, where it is kept in keeping.js, what the rules find in findings.js.
import { $, $$, api, data, saveFile, shortcuts, t, toast } from './page.js';
import { back, control, media, pedals, seek, toggle } from './player.js';
import { History } from './history.js';
import { bringIntoView, choose, light, placeOf, redraw, rowOf, show, talk } from './paper.js';
import { fill, firstBlank, inputFor, told } from './header.js';
import * as acts from './turns.js';
import * as pen from './writing.js';
import * as rules from './findings.js';
import * as marks from './marks.js';
import { keeping } from './keeping.js';
import { whyNot } from './unsaved.js';

const OPEN = ['capturing', 'draft', 'to_check'];
const state = { saved: data.body, now: data.body, version: data.version };
const history = new History();
let here = 0, stop = null;

// --- changing --------------------------------------------------------------------------------------------------------
const me = data.account;
const savedTurns = () => new Map(state.saved.turns.map((turn) => [turn.id, turn]));
const writable = () => data.may_write && OPEN.includes(state.now.state);
/** After the check only what is written beside the content: how it was read, the closing sentence, marks. */
const closable = () => data.may_write && [...OPEN, 'checked'].includes(state.now.state);

function may(allowed = writable) {
  if (allowed()) return true;
  toast(data.may_write ? t('conversation.closed', { state: data.states[state.now.state] }) : whyNot());
  return false;
}

function refresh() {
  const { turns } = state.now;
  here = Math.max(0, Math.min(here, turns.length - 1));
  show(turns, savedTurns());
  choose(here);
  fill(state.now, writable);
  marks.fill(state.now, closable());
  notices();
  const left = turns.filter(acts.waits).length;
  $('#confirmed-count').textContent = t('conversation.progress', { n: turns.length - left, total: turns.length });
  $('#confirmed-bar').max = Math.max(1, turns.length);
  $('#confirmed-bar').value = turns.length - left;
  $('#undo').disabled = !history.canUndo;
  $('#redo').disabled = !history.canRedo;
  rules.draw(state.saved, state.now);
}

function become(body) {
  if (acts.same(body, state.now)) return;
  history.push({ at: 0, before: [state.now], after: [body] });
  state.now = body;
  refresh();
  store.changed();
}

const change = (place, act) => become({ ...state.now, turns: state.now.turns.map((turn, n) => (n === place ? act(turn) : turn)) });
const alter = (act) => { if (may()) { settle(); change(here, act); } };

function step(direction) {
  if (!may(closable)) return;
  settle();
  const taken = direction < 0 ? history.undo() : history.redo();
  if (!taken) { toast(direction < 0 ? t('edit.no_undo') : t('edit.no_redo')); return; }
  [state.now] = taken.after;
  refresh();
  store.changed();
}

// --- where we are ----------------------------------------------------------------------------------------------------
function go(place) {
  if (!rowOf(place)) return;
  here = place;
  choose(place);
  $('.at', rowOf(place)).focus({ preventScroll: true });
  bringIntoView(rowOf(place));
}

function walk(direction, wanted = () => true) {
  settle();
  for (let n = here + direction; n >= 0 && n < state.now.turns.length; n += direction) {
    if (wanted(state.now.turns[n])) { go(n); return true; }
  }
  return false;
}

const next = (direction) => { if (!walk(direction, acts.waits)) toast(t('conversation.no_more')); };

/** Play what the turn stands for, from its first word to its last. */
function hear(place) {
  const spans = acts.seconds(state.now.turns[place] ?? { spans: [] });
  if (!spans.length) { toast(t('conversation.typed')); return; }
  stop = Math.max(...spans.map(([, end]) => end));
  seek(Math.min(...spans.map(([start]) => start)), true);
}

/** The place of the turn that is spoken at `time`; asked on each frame, so the stretches are laid out once. */
let laid = { turns: null, stretches: [] };
function spokenAt(time) {
  const { turns } = state.now;
  if (laid.turns !== turns) laid = { turns, stretches: turns.flatMap((turn, n) => acts.seconds(turn).map(([start, end]) => [start, end, n])).sort((a, b) => a[0] - b[0]) };
  let low = 0, high = laid.stretches.length;
  while (low < high) { const middle = (low + high) >> 1; if (laid.stretches[middle][0] <= time) low = middle + 1; else high = middle; }
  const [, end, place] = laid.stretches[low - 1] ?? [0, 0, -1];
  return time < end ? place : -1;
}

function onTime(time) {
  light(spokenAt(time));
  if (stop !== null && !media.paused && time >= stop) { media.pause(); stop = null; }
}

// --- writing ---------------------------------------------------------------------------------------------------------
function write(place) {
  if (!may() || !rowOf(place)) return;
  settle();
  here = place;
  choose(place);
  bringIntoView(rowOf(place));
  pen.begin(rowOf(place), handlers);
}

/** Take what was written into the record. */
function settle(accept = (turn) => turn) {
  if (!pen.writing()) return;
  const place = placeOf(pen.field().closest('.seg')), text = pen.finish();
  const before = state.now.turns[place], after = accept(acts.withText(before, text));
  if (acts.same(before, after)) { redraw(place); choose(here); } else change(place, () => after);
}

function onward() {
  if (here + 1 < state.now.turns.length) go(here + 1); else toast(t('edit.last'));
}

const handlers = {
  accept() { settle((turn) => acts.confirmed(turn, me)); tellUnknown(); onward(); },
  leave() { settle(); go(here); },
  lost() { settle(); },
  play() { if (media.paused) hear(here); else media.pause(); },
  back,
  split() { toast(t('conversation.no_split')); },
  joinPrevious() {},
  joinNext() {},
  up() { settle(); write(Math.max(0, here - 1)); },
  down() { settle(); write(Math.min(state.now.turns.length - 1, here + 1)); },
};

const tellUnknown = () => { if (state.now.turns[here]?.role === null) toast(t('conversation.role_first')); };

function confirmHere() {
  if (!may() || !state.now.turns[here]) return;
  settle();
  if (state.now.turns[here].role === null) { tellUnknown(); return; }
  change(here, (turn) => acts.confirmed(turn, me));
  onward();
}

function raw(row) {
  const box = $('.raw', row);
  box.hidden = !box.hidden;
  bringIntoView(row);
}

// --- notices ---------------------------------------------------------------------------------------------------------
function notices() {
  for (const [n, item] of $$('#notices > li').entries()) {
    const notice = state.now.notices[n], place = state.now.turns.findIndex((turn) => turn.id === notice?.turn), turn = state.now.turns[place];
    const box = $('input', item);
    box.checked = Boolean(notice?.confirmed_by);
    box.disabled = !writable() || !turn;
    $('.given', item).hidden = !turn;
    $('.given', item).dataset.turn = turn?.id ?? '';
    $('.given', item).textContent = turn ? t('conversation.given', { n: place + 1, text: turn.text_final.slice(0, 16) }) : '';
    $('.not-given', item).hidden = Boolean(turn);
    $('.here', item).hidden = !writable();
  }
}

const withNotice = (n, values) => become({ ...state.now, notices: state.now.notices.map((one, k) => (k === n ? { ...one, ...values } : one)) });

$('#notices').addEventListener('change', (event) => {
  const n = $$('#notices > li').indexOf(event.target.closest('li'));
  if (may()) withNotice(n, { confirmed_by: event.target.checked ? me : null });
});
$('#notices').addEventListener('click', (event) => {
  const button = event.target.closest('button'), n = $$('#notices > li').indexOf(event.target.closest('li'));
  if (button?.matches('.given')) jump({ turn: button.dataset.turn });
  else if (button?.matches('.here') && may()) {
    const turn = state.now.turns[here], after = state.now.turns[here + 1];
    withNotice(n, { turn: turn.id, answer: after?.role === 'answer' ? after.text_final : null, confirmed_by: me });
  }
});

// --- findings and states ---------------------------------------------------------------------------------------------
/** To the place that a finding names: its turn, its input, its part of the page. */
function jump({ field = '', turn = '' }) {
  settle();
  const place = state.now.turns.findIndex((one) => one.id === turn);
  if (place >= 0) { go(place); return; }
  const input = inputFor(field);
  const notice = /^notices\.(\w+)$/.exec(field);
  const target = input ?? (notice && $(`#notices [data-code="${notice[1]}"] .here`)) ?? marks.placeFor(field) ?? $('#header');
  target.closest('details')?.setAttribute('open', '');
  bringIntoView(target);
  target.focus({ preventScroll: true });
}

let turned = -1;
function nextFinding() {
  const all = $$('.finding');
  if (!all.length) { toast(t('conversation.no_more')); return; }
  turned = (turned + 1) % all.length;
  all[turned].scrollIntoView({ block: 'nearest' });
  jump(all[turned].dataset);
}

$('#findings').addEventListener('click', (event) => {
  const item = event.target.closest('.finding');
  if (item) { turned = $$('.finding').indexOf(item); jump(item.dataset); }
});

/** What is asked before a step that takes something away for good. */
const SURE = { draft: 'conversation.back_sure', sealed: 'conversation.seal_sure' };

/** Ask for the next state: what is not saved is saved first, since the server judges what it has. */
async function advance(wanted) {
  if (!wanted || !may(() => data.may_write)) return;
  settle();
  if (!(await store.save())) return;
  if (SURE[wanted] && !window.confirm(t(SURE[wanted]))) return;
  try {
    await api('POST', `/api/v1/records/${data.record}/state`, { base_version: state.version, state: wanted });
    location.assign(`/records/${data.record}`);
  } catch (error) {
    if (error.details?.findings) { rules.refuse(error.details.findings, wanted, state.saved, state.now); $('#findings-head').focus(); }
    else if (error.code === 'record.version') await store.ask();
    else toast(error.message);
  }
}

const forward = () => data.steps[state.now.state].find((one) => one !== 'draft');
$('#forward-state')?.addEventListener('click', () => advance(forward()));
$('#back-state')?.addEventListener('click', () => advance('draft'));

// --- keys and mouse --------------------------------------------------------------------------------------------------
const role = (name) => () => alter((turn) => acts.withRole(turn, name, me));
shortcuts({
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  r: () => hear(here),
  b: back,
  n: () => next(1),
  p: () => next(-1),
  c: confirmHere,
  x: () => alter((turn) => acts.settled(turn, me, savedTurns().get(turn.id))),
  u: () => alter(acts.unconfirmed),
  q: role('question'),
  a: role('answer'),
  o: role('aside'),
  v: () => { const row = rowOf(here); if (row) raw(row); },
  f: nextFinding,
  h: () => { const input = firstBlank(); bringIntoView(input); input.focus(); },
  F: () => advance(forward()),
  Enter(event) {
    const row = event.target.closest('.seg');
    if (!row && event.target.closest('button, a, summary')) return false;
    write(row ? placeOf(row) : here);
    return true;
  },
});

const feet = pedals(() => (pen.writing() ? handlers.play() : toggle()));
document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229 || $('dialog[open]')) return;
  const command = event.ctrlKey || event.metaKey, typing = event.target.matches('input, textarea, select');
  let act = command || event.altKey ? null : feet[event.key];
  if (command && event.code === 'KeyS') act = () => { if (typing) event.target.blur(); settle(); store.save(); };
  else if (command && !pen.changed() && !typing && event.code === 'KeyZ') act = () => step(event.shiftKey ? 1 : -1);
  else if (command && !pen.changed() && !typing && event.code === 'KeyY') act = () => step(1);
  else if (event.key === 'Escape' && typing) act = () => { event.target.blur(); go(here); };
  if (!act) return;
  event.preventDefault();
  act();
}, true);

$('#header').addEventListener('change', (event) => {
  const input = event.target.closest('[data-path]'), said = input && may() && told(input, state.now);
  if (said) become(acts.withValue(state.now, ...said)); else refresh();
});
marks.listen((body) => { if (may(closable)) become(body(state.now)); else refresh(); });

// The keys act on the turn that has the focus, however it came to have it.
talk.addEventListener('focusin', (event) => {
  const row = event.target.closest('.seg');
  if (row) { here = placeOf(row); choose(here); }
});
talk.addEventListener('click', (event) => {
  const row = event.target.closest('.seg');
  if (!row || (pen.writing() && pen.field().contains(event.target))) return;
  const place = placeOf(row);
  settle();
  here = place;
  choose(place);
  if (event.target.closest('.raw-open')) raw(row);
  else if (event.target.closest('.state')) { if (may()) change(place, (turn) => (turn.confirmed_by ? acts.unconfirmed(turn) : acts.confirmed(turn, me))); tellUnknown(); }
  else if (event.target.closest('.role')) alter((turn) => acts.withRole(turn, turn.role === 'question' ? 'answer' : 'question', me));
  else if (event.target.closest('.flags .tag')) alter((turn) => acts.settled(turn, me, savedTurns().get(turn.id)));
  else if (event.target.closest('.edit')) write(place);
  else if (!String(getSelection())) hear(place);
});
talk.addEventListener('dblclick', (event) => {
  const row = event.target.closest('.said')?.closest('.seg');
  if (!row || pen.writing()) return;
  getSelection().removeAllRanges();
  write(placeOf(row));
});
for (const button of $$('.player .button')) button.addEventListener('mousedown', (event) => { if (pen.writing()) event.preventDefault(); });
$('#undo').addEventListener('click', () => step(-1));
$('#redo').addEventListener('click', () => step(1));
$('#next-turn').addEventListener('click', () => next(1));

/** A file is fetched by the page, so that a refusal says why instead of being saved in the file's place. */
$('#exports').addEventListener('click', async (event) => {
  const link = event.target.closest('a');
  if (!link) return;
  event.preventDefault();
  const answer = await fetch(`/api/v1/records/${data.record}/export?format=${link.dataset.format}&version=${state.version}`, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) { toast(answer?.status === 503 ? t('conversation.no_font') : t('error.network')); return; }
  saveFile(await answer.blob(), `${data.record}-v${state.version}.${link.dataset.format}`);
});

const store = keeping(state, {
  settle,
  /** Another record than before, after a save or from a draft. */
  replaced() {
    if (pen.writing()) pen.finish();
    history.clear();
    refresh();
    rules.load(state.saved, state.now);
  },
});
refresh();
rules.load(state.saved, state.now);
store.start();
control(onTime);
