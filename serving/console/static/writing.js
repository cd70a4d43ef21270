// Editing one sentence in place: the text becomes writable, the words stay lit while they are played. It knows the row that
// is written in, not the list of sentences; what is asked for (accept, split, merge, play) goes to the handlers.
import { $ } from './page.js';

let row = null, before = '', act = null;

export const writing = () => row !== null;
export const field = () => (row ? $('.said', row) : null);

/** Start writing in `target` with the caret at character `at` (or at the end); `handlers` answer the keys. */
export function begin(target, handlers, at = null) {
  if (row === target) return;
  if (row) finish();
  row = target;
  act = handlers;
  const said = field();
  before = said.textContent;
  said.contentEditable = 'plaintext-only';
  if (said.contentEditable !== 'plaintext-only') said.contentEditable = 'true';
  said.spellcheck = false;
  said.setAttribute('role', 'textbox');
  row.classList.add('writing');
  said.focus({ preventScroll: true });
  place(said, at ?? before.length);
}

/** Stop writing; answers the text as it stands. The row is redrawn by whoever knows its sentence. */
export function finish() {
  const said = field(), text = said.textContent, was = row;
  row = null;
  said.removeAttribute('contenteditable');
  said.removeAttribute('role');
  was.classList.remove('writing');
  act = null;
  return text;
}

export const changed = () => row !== null && field().textContent !== before;

/** The caret as a number of characters from the start of the sentence. */
export function caret() {
  const chosen = getSelection(), said = field();
  if (!said || !chosen.rangeCount || !said.contains(chosen.focusNode)) return 0;
  const range = document.createRange();
  range.setStart(said, 0);
  range.setEnd(chosen.focusNode, chosen.focusOffset);
  return range.toString().length;
}

function place(said, at) {
  const walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  let left = at, node = walk.nextNode(), last = null;
  while (node && left > node.length) { left -= node.length; last = node; node = walk.nextNode(); }
  const range = document.createRange();
  if (node) range.setStart(node, left); else if (last) range.setStart(last, last.length); else range.setStart(said, 0);
  const chosen = getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
}

/** While an input method composes, every key is its own: candidates are chosen with Enter, Tab, digits and arrows. */
const composing = (event) => event.isComposing || event.keyCode === 229;

function onKey(event) {
  if (!row || composing(event)) return;
  const collapsed = getSelection().isCollapsed, at = caret();
  const wish = {
    Enter: event.shiftKey ? 'split' : 'accept',
    Escape: 'leave',
    Tab: event.shiftKey ? 'back' : 'play',
    Backspace: collapsed && at === 0 && !event.repeat ? 'joinPrevious' : null,
    Delete: collapsed && at === field().textContent.length && !event.repeat ? 'joinNext' : null,
    ArrowUp: event.altKey ? null : 'up',
    ArrowDown: event.altKey ? null : 'down',
  }[event.key];
  if (!wish || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  act[wish](at);
}

document.addEventListener('keydown', onKey, true);
document.addEventListener('focusout', (event) => {
  if (row && event.target === field() && !document.hidden && document.hasFocus()) act.lost();
});
