// The lines of a live session as they are shown: grey while spoken, black once closed, both readings kept.
import { $, clock, data, t } from './page.js';

const list = $('#lines'), view = $('#view');
/** Closer to the end than this, the view follows what is said. */
const NEAR_PX = 80;

function keepEnd(change) {
  const near = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_PX;
  change();
  if (near) view.scrollTop = view.scrollHeight;
}

function row(event) {
  const found = document.getElementById(`line-${event.line}`);
  if (found) return found;
  const made = $('#line').content.firstElementChild.cloneNode(true);
  made.id = `line-${event.line}`;
  made.dataset.line = event.line;
  // A partial line may have gone ahead of second readings; the order is that of the numbers.
  const next = [...list.children].find((one) => Number(one.dataset.line) > event.line);
  list.insertBefore(made, next ?? null);
  $('#no-lines').hidden = true;
  return made;
}

function partial(event) {
  const one = row(event);
  if (one.dataset.state) return;
  $('.at', one).textContent = clock(event.start);
  const stable = document.createElement('span');
  stable.className = 'stable';
  stable.textContent = event.text.slice(0, event.stable);
  $('.text', one).replaceChildren(stable, event.text.slice(event.stable));
}

function final(event) {
  const one = row(event);
  one.dataset.state = 'final';
  one.dataset.first = event.text;
  $('.at', one).textContent = clock(event.start);
  $('.text', one).textContent = event.text || t('live.no_words');
  one.classList.toggle('wordless', !event.text);
}

function tag(text) {
  const made = document.createElement('span');
  made.className = 'tag flag';
  made.textContent = text;
  return made;
}

function rewrite(event) {
  const one = row(event), first = one.dataset.first ?? '';
  one.dataset.state = 'reread';
  if (event.failure) { $('.marks', one).replaceChildren(tag(data.flags['quick-pass-only'])); return; }
  $('.marks', one).replaceChildren(...event.flags.map((flag) => tag(data.flags[flag] ?? flag)));
  if (event.text) { $('.text', one).textContent = event.text; one.classList.remove('wordless'); }
  const before = $('.before', one);
  before.hidden = event.text === first || !first;
  $('.first', before).textContent = first;
}

const ACTS = { partial, final, rewrite };
/** Show an event of the session; others than those of lines are left alone. */
export function showLine(event) {
  if (ACTS[event.type]) keepEnd(() => ACTS[event.type](event));
}
