// The page of a transcript: words lead to their second, sentences are corrected in place, all by key. It holds the list of
// sentences and its history; how they change is in sentences.js, how they look in talk.js, where they are kept in saving.js.
import { $, $$, data, shortcuts, t, toast } from './page.js';
import { back, control, media, pedals, seek, toggle } from './player.js';
import { History } from './history.js';
import * as acts from './sentences.js';
import { bare, bringIntoView, charOf, hasNumbers, light, placeOf, redraw, rowOf, sentenceAt, show, showFigures, talk } from './talk.js';
import * as pen from './writing.js';
import { saving } from './saving.js';
import { whyNot } from './unsaved.js';
import { refresh as refreshTodo } from './todo.js';

const state = { saved: acts.fromSaved(data.segments, data.account), sentences: [], history: new History(), version: data.version };
state.sentences = state.saved;
/** A change of so many sentences is one of the whole text: there is no place to show. */
const WHOLE = 50;
let loop = false, heard = false;

// --- changing --------------------------------------------------------------------------------------------------------
function apply({ at, before, after }) {
  state.sentences = [...state.sentences.slice(0, at), ...after, ...state.sentences.slice(at + before.length)];
  refresh();
}

function refresh() {
  show(state.sentences);
  light(state.sentences, here(), media.currentTime);
  refreshTodo(state.sentences);
  $('#undo').disabled = !state.history.canUndo;
  $('#redo').disabled = !state.history.canRedo;
  store?.changed();
}

/** Put `after` in the place of `count` sentences from `at` on; nothing happens where nothing differs. */
function change(at, count, after) {
  const before = state.sentences.slice(at, at + count);
  if (before.length === after.length && before.every((one, n) => one === after[n])) return;
  const step = { at, before, after };
  state.history.push(step);
  apply(step);
}

const alter = (act) => { if (may()) { const at = settle(); if (at >= 0) change(at, 1, [act(state.sentences[at])]); } };

function everywhere(act) {
  if (may()) { settle(); change(0, state.sentences.length, state.sentences.map(act)); }
}

function step(direction) {
  if (!may()) return;
  settle();
  const taken = direction < 0 ? state.history.undo() : state.history.redo();
  if (!taken) { toast(direction < 0 ? t('edit.no_undo') : t('edit.no_redo')); return; }
  apply(taken);
  const row = rowOf(Math.min(taken.at, state.sentences.length - 1));
  if (row && Math.max(taken.before.length, taken.after.length) < WHOLE) bringIntoView(row);
}

function may() {
  if (!data.may_write) toast(whyNot());
  return data.may_write;
}

// --- where we are ----------------------------------------------------------------------------------------------------
/** The sentence that is written in, else the one at the playhead. */
const here = () => (pen.writing() ? placeOf(pen.field().closest('.seg')) : Math.max(0, sentenceAt(state.sentences, media.currentTime)));

function go(place, { play = false } = {}) {
  const one = state.sentences[place];
  if (!one) return;
  seek(one.start, play);
  const row = rowOf(place);
  $('.at', row).focus({ preventScroll: true });
  bringIntoView(row);
}

/** To the next or previous place of those that `wanted` picks, seen from the playhead. */
function walk(direction, wanted) {
  settle();
  const time = media.currentTime, at = sentenceAt(state.sentences, time), one = state.sentences[at];
  // Going back from the middle of a sentence leads to its own start first, as in every player.
  const inside = direction < 0 && one && time - one.start > 0.8 && wanted(one);
  if (inside) { go(at); return true; }
  for (let n = at + direction; n >= 0 && n < state.sentences.length; n += direction) {
    if (wanted(state.sentences[n])) { go(n); return true; }
  }
  return false;
}

const doubtful = (one) => acts.doubts(one).length > 0;

function nextDoubt(direction) {
  if (!walk(direction, doubtful)) toast(t('edit.no_more_doubts'));
}

/** To the word before or behind the one that is spoken: in its sentence, else in the nearest one that has words. */
function stepWord(direction) {
  const all = state.sentences, words = (n) => all[n]?.words ?? [];
  let place = Math.max(0, sentenceAt(all, media.currentTime));
  let n = words(place).findLastIndex(([start]) => start <= media.currentTime + 1e-3) + direction;
  while (n < 0 && place > 0) { place -= 1; n += words(place).length; }
  while (n >= words(place).length && place + 1 < all.length) { n -= words(place).length; place += 1; }
  const word = words(place)[n];
  if (word) seek(word[0]);
}

// --- writing ---------------------------------------------------------------------------------------------------------
function write(place, at = null) {
  if (!may() || !rowOf(place)) return;
  settle();
  const one = state.sentences[place];
  if (media.currentTime < one.start || media.currentTime >= one.end) seek(one.start);
  bringIntoView(rowOf(place));
  bare(place);
  light(state.sentences, place, media.currentTime);
  pen.begin(rowOf(place), handlers, at);
}

/** Take what was written into the list; answers the place of the sentence that we are at. */
function settle(accept = (one) => one) {
  if (!pen.writing()) return here();
  const place = here();
  const now = accept(acts.withText(state.sentences[place], pen.finish()));
  if (now === state.sentences[place]) redraw(place); else change(place, 1, [now]);
  return place;
}

function onward(place, again) {
  const next = state.sentences[place + 1];
  if (!next) { media.pause(); toast(t('edit.last')); return; }
  go(place + 1, { play: again });
}

const handlers = {
  accept() {
    const place = settle(acts.confirmed), again = heard;
    onward(place, again);
    if (state.sentences[place + 1]) { write(place + 1); heard = again; }
  },
  leave() { const place = settle(); $('.at', rowOf(place)).focus({ preventScroll: true }); },
  lost() { settle(); },
  play() {
    const one = state.sentences[here()];
    if (!media.paused) { media.pause(); return; }
    if (media.currentTime < one.start || media.currentTime >= one.end - 0.05) seek(one.start);
    heard = true;
    media.play().catch(() => {});
  },
  back,
  split(at) { const place = settle(); cut(place, at); write(place + 1, 0); },
  joinPrevious() { const place = settle(); if (place > 0) join(place - 1); },
  joinNext() { const place = settle(); if (place + 1 < state.sentences.length) join(place); },
  up() { const place = settle(); write(Math.max(0, place - 1)); },
  down() { const place = settle(); write(Math.min(state.sentences.length - 1, place + 1)); },
};

function join(place) {
  const [one, next] = state.sentences.slice(place, place + 2), both = acts.merged(one, next);
  change(place, 2, [both]);
  write(place, both.text.length - next.text.length);
}

function cut(place, at) {
  const one = state.sentences[place];
  if (at <= 0 || at >= one.text.length) { toast(t('edit.no_split')); return; }
  change(place, 1, acts.split(one, at));
}

/** Split before the word at the playhead: what one hears is where one cuts. */
function cutHere() {
  if (!may()) return;
  const place = settle(), one = state.sentences[place];
  const word = one?.words.findLastIndex(([start]) => start <= media.currentTime + 0.05) ?? -1;
  if (word < 0) return;
  cut(place, one.words.slice(0, word).reduce((sum, [, , text]) => sum + text.length, 0));
}

function confirmHere() {
  if (!may()) return;
  const playing = !media.paused, place = settle(acts.confirmed), one = state.sentences[place];
  if (!one) return;
  change(place, 1, [acts.confirmed(one)]);
  onward(place, playing);
}

// --- speakers --------------------------------------------------------------------------------------------------------
function swapThroughout() {
  const who = state.sentences[here()]?.speaker, role = state.sentences[here()]?.role === 'question' ? 'answer' : 'question';
  if (who === null || who === undefined) { toast(t('edit.no_speaker')); return; }
  everywhere((one) => (one.speaker === who ? acts.withRole(one, role) : one));
  toast(t('edit.swapped', { who, role: data.roles[role] }));
}

let renaming = null;
function rename() {
  if (!may()) return;
  renaming = state.sentences[settle()]?.speaker ?? null;
  $('#rename-from').textContent = renaming ?? t('edit.nobody');
  $('#rename-to').value = renaming ?? '';
  $('#speakers').replaceChildren(...[...new Set(state.sentences.map((one) => one.speaker))].filter(Boolean).map((name) => new Option(name)));
  $('#rename').showModal();
  $('#rename-to').select();
}

$('#rename').addEventListener('close', () => {
  const name = acts.clean($('#rename-to').value), place = here(), scope = $('#rename').returnValue;
  if (!name || !['all', 'one'].includes(scope)) return;
  if (scope === 'one') alter((one) => acts.withSpeaker(one, name));
  else everywhere((one) => (one.speaker === renaming ? acts.withSpeaker(one, name) : one));
  go(place);
});

// --- sound -----------------------------------------------------------------------------------------------------------
function onTime(time) {
  const place = here(), one = state.sentences[place];
  light(state.sentences, place, time);
  if (media.paused || !one || !(pen.writing() || loop)) return;
  if (time < one.end - 0.02) return;
  if (loop) seek(one.start); else { media.pause(); seek(one.end - 0.01); }
}

function setLoop() {
  loop = !loop;
  $('#loop').setAttribute('aria-pressed', String(loop));
  if (loop) handlers.play();
}

// While it loops, the playhead never leaves the sentence: jumping away ends it.
media.addEventListener('play', () => { if (pen.writing()) heard = true; });

// --- keys ------------------------------------------------------------------------------------------------------------
const keys = {
  ArrowDown: () => walk(1, () => true),
  ArrowUp: () => walk(-1, () => true),
  ',': () => stepWord(-1),
  '.': () => stepWord(1),
  n: () => nextDoubt(1),
  p: () => nextDoubt(-1),
  r: () => { const place = here(); if (state.sentences[place]) seek(state.sentences[place].start, true); },
  b: back,
  l: setLoop,
  Enter: open,
  c: confirmHere,
  u: () => alter(acts.unconfirmed),
  x: () => alter(acts.settled),
  t: () => alter(acts.marked),
  h: () => alter(acts.hinted),
  s: () => alter(acts.swapped),
  S: swapThroughout,
  q: () => alter((one) => acts.withRole(one, 'question')),
  a: () => alter((one) => acts.withRole(one, 'answer')),
  o: () => alter((one) => acts.withRole(one, one.role === 'aside' ? null : 'aside')),
  R: rename,
  m: () => { if (may()) { const place = settle(); if (place > 0) mergeBack(place); } },
  k: cutHere,
  v: turnFigures,
};

/** Enter opens the sentence whose button has the focus, else the one at the playhead. */
function open(event) {
  const row = event.target.closest('.seg');
  if (!row && event.target.closest('button, a, summary')) return false;
  const place = row ? placeOf(row) : here();
  if (data.may_write) write(place); else go(place, { play: true });
  return true;
}

/** Numbers in figures, or as they were said; where there are none, nothing changes. */
function turnFigures() {
  if (!hasNumbers(state.sentences)) { toast(t('edit.no_numbers')); return; }
  $('#figures').setAttribute('aria-pressed', String(showFigures()));
  light(state.sentences, here(), media.currentTime);
}

function mergeBack(place) {
  const [one, next] = state.sentences.slice(place - 1, place + 1);
  change(place - 1, 2, [acts.merged(one, next)]);
}

shortcuts(keys);

const feet = pedals(() => (pen.writing() ? handlers.play() : toggle()));
/** While writing, Alt and the letter that does it elsewhere. */
const withAlt = { KeyQ: 'q', KeyA: 'a', KeyS: 's', KeyO: 'o', KeyX: 'x', KeyT: 't', KeyH: 'h', KeyL: 'l', KeyR: 'r', KeyC: 'c', KeyN: 'n', KeyP: 'p', KeyM: 'm' };

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229 || $('dialog[open]')) return;
  const command = event.ctrlKey || event.metaKey;
  let act = command || event.altKey ? null : feet[event.key];
  if (command && event.code === 'KeyS') act = () => { settle(); store.save(); };
  else if (command && !pen.changed() && event.code === 'KeyZ') act = () => step(event.shiftKey ? 1 : -1);
  else if (command && !pen.changed() && event.code === 'KeyY') act = () => step(1);
  else if (event.altKey && !command && pen.writing() && withAlt[event.code]) act = () => whileWriting(withAlt[event.code]);
  if (!act) return;
  event.preventDefault();
  act();
}, true);

/** Do it and go on writing where the caret was, in the sentence that we are then at. */
function whileWriting(key) {
  const at = pen.caret();
  keys[key]({ target: talk });
  if (!pen.writing() && !$('dialog[open]')) write(here(), 'nplr'.includes(key) ? null : at);
}

// --- mouse -----------------------------------------------------------------------------------------------------------
talk.addEventListener('click', (event) => {
  const row = event.target.closest('.seg');
  if (!row || (pen.writing() && pen.field().contains(event.target))) return;
  const place = placeOf(row), word = event.target.closest('.w');
  if (word && !String(getSelection())) {
    const at = [...word.parentElement.children].indexOf(word), one = state.sentences[place];
    seek(one.words[at]?.[0] ?? one.start);
  } else if (event.target.closest('.at')) seek(state.sentences[place].start, event.detail !== 0);
  else if (event.target.closest('.role') && may()) { settle(); change(place, 1, [acts.swapped(state.sentences[place])]); }
  else if (event.target.closest('.hint') && may()) { settle(); change(place, 1, [acts.hinted(state.sentences[place])]); }
  else if (event.target.closest('.speaker') && may()) { go(place); rename(); }
  else if (event.target.closest('.state') && may()) {
    settle();
    const one = state.sentences[place];
    change(place, 1, [one.confirmed ? acts.unconfirmed(one) : acts.confirmed(one)]);
  }
});
talk.addEventListener('dblclick', (event) => {
  const said = event.target.closest('.said');
  if (!said || (pen.writing() && pen.field() === said)) return;
  const chosen = getSelection(), range = chosen.rangeCount ? chosen.getRangeAt(0) : null;
  let at = null;
  if (range && said.contains(range.startContainer)) {
    const before = document.createRange();
    before.setStart(said, 0);
    before.setEnd(range.startContainer, range.startOffset);
    at = charOf(placeOf(said.closest('.seg')), before.toString().length);
  }
  chosen.removeAllRanges();
  write(placeOf(said.closest('.seg')), at);
});
// Buttons beside the text must not take the caret out of it.
for (const button of $$('.player .button, .todo-list, #loop')) {
  button.addEventListener('mousedown', (event) => { if (pen.writing()) event.preventDefault(); });
}
$('#figures').addEventListener('click', turnFigures);
$('#next-doubt').addEventListener('click', () => nextDoubt(1));
$('#loop').addEventListener('click', setLoop);
$('#undo').addEventListener('click', () => step(-1));
$('#redo').addEventListener('click', () => step(1));
$('#todo').addEventListener('click', (event) => {
  const item = event.target.closest('[data-place]');
  if (item) { settle(); go(Number(item.dataset.place)); }
});

const store = saving(state, {
  settle,
  /** Other sentences than before, after a save or from a draft; who is writing in one of as many goes on. */
  replaced() {
    if (pen.writing() && $$('.seg', talk).length !== state.sentences.length) pen.finish();
    refresh();
  },
  adopt(move) { if (move) state.history.map(move); else state.history.clear(); },
});
refresh();
store.start();
control(onTime);
// A link to a second (#t=12.5) opens there: what search results and alarms point at.
const asked = /^#t=([\d.]+)$/.exec(location.hash);
if (asked) {
  const jump = () => seek(Number(asked[1]));
  if (media.readyState > 0) jump(); else media.addEventListener('loadedmetadata', jump, { once: true });
}
