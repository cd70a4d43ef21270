// The page of a 笔录: what was said is heard, put right and confirmed turn by turn, the header is filled, the rules are settled,
// the record goes on to its next state; all by key. It holds the record and its history: how it changes is in turns.js, how
// it looks in paper.js and header.js, where it is kept in keeping.js, what the rules find in findings.js; turns are joined and divided
// in dividing.js, what is noted beside them is in entries.js and noting.js.
import { $, $$, api, data, shortcuts, t, toast } from './page.js';
import { back, control, media, pedals, seek, toggle } from './player.js';
import { History } from './history.js';
import { bare, bringIntoView, choose, entryOf, light, picked, placeOf, redraw, reveal, rowOf, show, spokenAt, talk, unfold } from './paper.js';
import { fill, firstBlank, inputFor, told } from './header.js';
import * as acts from './turns.js';
import * as cut from './dividing.js';
import { shaping } from './shaping.js';
import * as noting from './noting.js';
import * as notices from './notices.js';
import * as pen from './writing.js';
import * as rules from './findings.js';
import * as marks from './marks.js';
import { keeping } from './keeping.js';
import { fetching } from './fetching.js';
import { whyNot } from './unsaved.js';

const OPEN = ['capturing', 'draft', 'to_check'];
const state = { saved: data.body, now: data.body, version: data.version };
const history = new History();
/** The turn that keys act on, where a stretch of turns was begun, and where the sound stops. */
let here = 0, from = null, stop = null;

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
  show(state.now, savedTurns());
  choose(here, from ?? here);
  fill(state.now, writable);
  marks.fill(state.now, closable());
  notices.fill(state.now, writable());
  noting.fill(state.now);
  const sums = cut.behind(turns), left = turns.filter((turn) => acts.waits(turn, sums.has(turn.id))).length;
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
/** What is done to a summary's doubts is done to those of the turns that it stands for. */
function alterAll(act) {
  if (!may()) return;
  settle();
  const turn = state.now.turns[here], own = new Set(turn?.summary_of);
  become({ ...state.now, turns: state.now.turns.map((one) => (one === turn || own.has(one.id) ? act(one) : one)) });
}
const toggleDoubts = () => alterAll((turn) => acts.settled(turn, me, state.saved.turns));

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
function go(place, { keep = false } = {}) {
  if (!rowOf(place)) return;
  if (!keep) from = null;
  reveal(place);
  here = place;
  choose(place, from ?? place);
  $('.at', rowOf(place)).focus({ preventScroll: true });
  bringIntoView(rowOf(place));
}

/** The nearest turn that can be seen and that `wanted` picks; -1 where there is none. */
function nearest(direction, wanted = () => true) {
  for (let n = here + direction; n >= 0 && n < state.now.turns.length; n += direction) if (!rowOf(n).hidden && wanted(state.now.turns[n])) return n;
  return -1;
}

function walk(direction, wanted, keep = false) {
  settle();
  const place = nearest(direction, wanted);
  if (place >= 0) go(place, { keep });
  return place >= 0;
}

/** With Shift the stretch of turns goes on to the next. */
function stride(direction, event) {
  if (event.shiftKey) from ??= here;
  walk(direction, undefined, event.shiftKey);
}

function next(direction) {
  const sums = cut.behind(state.now.turns), doubted = new Set(state.now.turns.filter((turn) => acts.open(turn).length).map((turn) => sums.get(turn.id)));
  const waits = (turn) => acts.waits(turn, sums.has(turn.id)) || (cut.isSummary(turn) && doubted.has(turn.id));
  if (!walk(direction, waits)) toast(t('conversation.no_more'));
}

/** Play what the turn stands for, from its first word to its last. */
function hear(place) {
  const spans = acts.seconds(state.now.turns[place] ?? { spans: [] });
  if (!spans.length) { toast(t('conversation.typed')); return; }
  stop = Math.max(...spans.map(([, end]) => end));
  seek(Math.min(...spans.map(([start]) => start)), true);
}

function onTime(time) {
  light(spokenAt(time));
  if (stop !== null && !media.paused && time >= stop) { media.pause(); stop = null; }
}

// --- writing ---------------------------------------------------------------------------------------------------------
function write(place, at = null) {
  if (!may() || !rowOf(place)) return;
  settle();
  from = null;
  reveal(place);
  here = place;
  choose(place);
  bringIntoView(rowOf(place));
  bare(place);
  pen.begin(rowOf(place), handlers, at);
  shape.words();
}

/** Take what was written into the record; `accept`: a person vouches for it. */
function settle(accept = false) {
  if (!pen.writing()) return;
  const place = placeOf(pen.field().closest('.seg')), text = pen.finish();
  const written = { ...state.now, turns: state.now.turns.map((turn, n) => (n === place ? acts.withText(turn, text) : turn)) };
  const after = accept ? cut.vouched(written, place, me) : written;
  if (acts.same(after, state.now)) { redraw(place); choose(here); } else become(after);
}

function onward() {
  if (!walk(1)) toast(t('edit.last'));
}

const handlers = {
  accept() { settle(true); tellUnknown(); onward(); },
  leave() { settle(); go(here); },
  lost() { settle(); },
  play() { if (media.paused) hear(here); else media.pause(); },
  back,
  split(at) { settle(); shape.divide(at, (place) => write(place, 0)); },
  joinPrevious() { settle(); shape.joinAt(nearest(-1), true); },
  joinNext() { settle(); shape.joinAt(here, true); },
  up() { settle(); const place = nearest(-1); write(place < 0 ? here : place); },
  down() { settle(); const place = nearest(1); write(place < 0 ? here : place); },
};

const shape = shaping({
  me, may: () => may(), settle: () => settle(), become, go, write, nearest,
  body: () => state.now, here: () => here, stretch: () => (from === null || from === here ? null : [Math.min(from, here), Math.max(from, here)]),
});

const tellUnknown = () => { if (state.now.turns[here]?.role === null) toast(t('conversation.role_first')); };

function confirmHere() {
  if (!may() || !state.now.turns[here]) return;
  settle();
  if (state.now.turns[here].role === null) { tellUnknown(); return; }
  become(cut.vouched(state.now, here, me));
  onward();
}

/** What the machine heard; of a summary, the turns that it stands for. */
function raw(row) {
  const turn = state.now.turns[placeOf(row)];
  if (cut.isSummary(turn)) { unfold(turn.id); return; }
  const box = $('.raw', row);
  box.hidden = !box.hidden;
  bringIntoView(row);
}

// --- notices, and what is noted beside the turns ---------------------------------------------------------------------
notices.listen({
  become(act) { if (may()) become(act(state.now)); else refresh(); },
  here: (body) => [body.turns[here], body.turns[here + 1]],
  jump: (turn) => jump({ turn }),
}, me);

/** The playhead where it stands in the turn, else where the turn begins: the second of what is noted. */
function second(place) {
  const spans = acts.seconds(state.now.turns[place]), starts = spans.map(([start]) => start), after = state.now.turns.slice(place + 1).find((turn) => turn.spans.length);
  const time = media.currentTime, first = starts.length ? Math.min(...starts) : time, past = Math.max(after ? acts.seconds(after)[0][0] : Infinity, ...spans.map(([, end]) => end));
  return Math.round(1000 * (time >= first && time < past ? time : first));
}

/** Ask for an entry at the turn that we are at. A correction is asked for by who reads the record: before that it is an edit. */
function note(kind, entry = null) {
  if (!kind || !may() || !state.now.turns[here]) return;
  settle();
  if (kind === 'correction' && !entry && state.now.state !== 'to_check') { toast(t('noting.not_yet')); return; }
  if (kind === 'correction' && rowOf(here).classList.contains('behind')) { toast(t('noting.summed_up')); return; }
  media.pause();
  noting.ask(kind, { body: state.now, place: here, at: second(here), entry });
}

for (const button of $$('[data-note]')) {
  // Words that were chosen for a correction stay chosen.
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', () => note(button.dataset.note));
}

let mark = ['', -1];
noting.listen({
  me, become, change: note, jump: (turn) => jump({ turn }),
  selected: () => { mark = picked(here); return mark[0]; },
  startOf: (old, text) => (old === mark[0] && text.startsWith(old, mark[1]) ? mark[1] : text.indexOf(old)),
});

// --- findings and states ---------------------------------------------------------------------------------------------
/** To the place that a finding names: its turn, its input, its part of the page. */
function jump({ field = '', turn = '' }) {
  settle();
  const place = state.now.turns.findIndex((one) => one.id === turn);
  if (place >= 0) { go(place); return; }
  const input = inputFor(field);
  const notice = /^notices\.(\w+)$/.exec(field);
  const entry = /^(interruptions|exhibits|review\.corrections)/.test(field) ? $('#entries .entry') : null;
  const target = input ?? entry ?? (notice && $(`#notices [data-code="${notice[1]}"] .here`)) ?? marks.placeFor(field) ?? $('#header');
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
const SURE = { draft: t('conversation.back_sure'), sealed: t('conversation.seal_sure') };

/** Ask for the next state: what is not saved is saved first, since the server judges what it has. */
async function advance(wanted) {
  if (!wanted || !may(() => data.may_write)) return;
  settle();
  if (!(await store.save())) return;
  if (SURE[wanted] && !window.confirm(SURE[wanted])) return;
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
  ArrowDown: (event) => stride(1, event),
  ArrowUp: (event) => stride(-1, event),
  r: () => hear(here),
  b: back,
  n: () => next(1),
  p: () => next(-1),
  c: confirmHere,
  x: toggleDoubts,
  u: () => alter(acts.unconfirmed),
  q: role('question'),
  a: role('answer'),
  o: role('aside'),
  v: () => { const row = rowOf(here); if (row) raw(row); },
  m: () => shape.join(-1),
  M: () => shape.join(1),
  k: () => shape.divideAt(media.currentTime),
  s: shape.sumUp,
  S: shape.takeApart,
  e: () => note('exhibit'),
  t: () => note('bookmark'),
  i: () => note('interruption'),
  w: () => note('correction'),
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
  if (!row || placeOf(row) === here) return;
  from = null;
  here = placeOf(row);
  choose(here);
});
// With Shift a click goes on with the stretch, where the browser would choose text.
talk.addEventListener('mousedown', (event) => {
  if (!event.shiftKey || pen.writing() || !event.target.closest('.seg')) return;
  event.preventDefault();
  from ??= here;
});
talk.addEventListener('click', (event) => {
  const row = event.target.closest('.seg');
  if (!row || (pen.writing() && pen.field().contains(event.target))) return;
  const place = placeOf(row), entry = event.target.closest('.beside .entry');
  settle();
  if (!event.shiftKey) from = null;
  here = place;
  choose(place, from ?? place);
  if (event.shiftKey) return;
  if (entry) note(...entryOf(entry));
  else if (event.target.closest('.raw-open, .fold')) raw(rowOf(place));
  else if (event.target.closest('.state')) { if (may()) become(state.now.turns[place].confirmed_by ? { ...state.now, turns: state.now.turns.map((turn, n) => (n === place ? acts.unconfirmed(turn) : turn)) } : cut.vouched(state.now, place, me)); tellUnknown(); }
  else if (event.target.closest('.role')) alter((turn) => acts.withRole(turn, turn.role === 'question' ? 'answer' : 'question', me));
  else if (event.target.closest('.flags .tag')) toggleDoubts();
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

fetching(state);

const store = keeping(state, {
  settle,
  /** Another record than before, after a save or from a draft; who is writing in a turn of both goes on. */
  replaced() {
    if (pen.writing() && !state.now.turns.some((turn) => turn.id === pen.field().closest('.seg').dataset.turn)) pen.finish();
    history.clear();
    refresh();
    rules.load(state.saved, state.now);
  },
});
refresh();
rules.load(state.saved, state.now);
store.start();
control(onTime);
// A link to a turn (#turn=ID) opens there: what search results point at.
const asked = /^#turn=(.+)$/.exec(location.hash);
if (asked) jump({ turn: decodeURIComponent(asked[1]) });
