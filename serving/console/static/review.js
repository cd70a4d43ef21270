// The review queue: one line at a time, its strip of the page picture over an input; answers are a draft of this browser
// until they are saved as a version. What is queued and in which order the server decided.
import { $, $$, api, data, shortcuts, t, toast } from './page.js';
import { Draft, offer, onConflict, place, showConflict, showState } from './unsaved.js';

const MOST_ZOOM = 3, LINE_PX = 60, UNDO_MOST = 1000;
const input = $('#text'), items = data.items, name = (one) => `${one.page}:${one.line}`;
const places = new Map(items.map((one, n) => [name(one), n]));
/** What was answered, by place: { page, line, was, text }; and what each answer replaced. */
const answers = new Map(), past = [];
let at = 0, base = data.version, busy = false;

const current = () => items[at];
const words = (one) => answers.get(name(one))?.text ?? one.text;
const typed = () => (current() && input.value.trim() && input.value !== words(current()) ? { at: name(current()), text: input.value } : null);
const draft = new Draft(() => {
  const typing = typed();
  return answers.size || typing ? { version: base, lines: [...answers.values()], typing } : null;
}, tell);

function tell() {
  showState({
    version: data.version, dirty: answers.size > 0, busy, draft,
    kept: (when) => t('review.draft_kept', { n: answers.size, at: when }), pending: () => t('review.draft_pending', { n: answers.size }),
  });
  $('#undo').disabled = !past.length || busy;
  const done = items.filter((one) => answers.has(name(one))).length;
  $('#place').textContent = items.length ? `${at + 1} / ${items.length}` : '';
  $('#bar').value = items.length ? done / items.length : 1;
  $('#done-count').textContent = t('review.done', { n: done, total: items.length });
}

/** Lay the picture so that the line stands in the middle of the strip, as large as the strip and good sense allow. */
function lay() {
  const one = current(), strip = $('#strip'), image = $('#picture'), mark = $('#mark');
  if (!one) return;
  const [x0, y0, x1, y1] = one.box, wide = Math.max(1, x1 - x0), high = Math.max(1, y1 - y0);
  const room = [strip.clientWidth - 64, strip.clientHeight - 48];
  const scale = Math.min(room[0] / wide, room[1] / high, LINE_PX / Math.min(wide, high), MOST_ZOOM);
  const left = strip.clientWidth / 2 - ((x0 + x1) / 2) * scale, top = strip.clientHeight / 2 - ((y0 + y1) / 2) * scale;
  image.style.width = `${one.width * scale}px`;
  image.style.transform = `translate(${left}px, ${top}px)`;
  Object.assign(mark.style, { left: `${left + x0 * scale - 4}px`, top: `${top + y0 * scale - 4}px`, width: `${wide * scale + 8}px`, height: `${high * scale + 8}px` });
}

function told() {
  const one = current();
  if (!one) return;
  $('#change').textContent = input.value === one.text ? '' : t('review.was', { text: one.text });
}

function tag(text, kind) {
  const found = document.createElement('span');
  found.className = kind;
  found.textContent = text;
  return found;
}

function show(n, { focus = true } = {}) {
  at = Math.max(0, Math.min(items.length - 1, n));
  const one = current();
  $('#one').hidden = !one;
  $('#none').hidden = Boolean(one);
  if (!one) { tell(); return; }
  const image = $('#picture');
  $('#no-picture').hidden = Boolean(one.picture);
  image.hidden = $('#mark').hidden = !one.picture;
  if (one.picture && image.getAttribute('src') !== one.picture) image.src = one.picture;
  $('#reasons').replaceChildren(...one.reasons.map((reason, k) => tag(data.reasons[reason], k ? 'tag' : 'tag flag')));
  $('#open').href = `/records/${data.record}?page=${one.page}`;
  $('#page-of').textContent = t('review.page', { n: one.page });
  $('#sure').textContent = t('edit.sure', { p: Math.round(one.sure * 100) });
  input.value = words(one);
  input.readOnly = !data.may_write;
  lay();
  told();
  for (const button of $$('#queue [aria-current]')) button.removeAttribute('aria-current');
  const row = $$('#queue button')[at];
  row.setAttribute('aria-current', 'true');
  row.scrollIntoView({ block: 'nearest' });
  tell();
  if (focus) { input.focus(); input.setSelectionRange(input.value.length, input.value.length); }
  const next = items[at + 1]?.picture;
  if (next && next !== one.picture) new Image().src = next;
}

function row(one) {
  const li = document.createElement('li'), button = document.createElement('button');
  button.type = 'button';
  button.append(tag(t('review.page', { n: one.page }), 'n'), tag(one.text, 'x'), tag('', 's'));
  button.addEventListener('click', () => show(places.get(name(one))));
  li.append(button);
  return li;
}

function mark(n) {
  const button = $$('#queue button')[n];
  if (!button) return;
  $('.x', button).textContent = words(items[n]);
  const answer = answers.get(name(items[n]));
  $('.s', button).textContent = !answer ? '' : answer.text === answer.was ? t('review.right') : t('review.corrected');
}

function set(key, answer) {
  if (answer) answers.set(key, answer); else answers.delete(key);
  mark(places.get(key));
  draft.changed();
}

function confirm() {
  const one = current();
  if (!one) return;
  if (!data.may_write) { show(at + 1); return; }
  const text = input.value.trim(), key = name(one);
  if (!text) { toast(t('review.empty')); return; }
  past.push([key, answers.get(key)]);
  if (past.length > UNDO_MOST) past.shift();
  set(key, { page: one.page, line: one.line, was: one.text, text });
  const open = items.findIndex((other, n) => n > at && !answers.has(name(other)));
  if (open >= 0) { show(open); return; }
  const before = items.findIndex((other) => !answers.has(name(other)));
  input.value = text;
  told();
  tell();
  if (before >= 0) { toast(t('review.from_start')); show(before); } else { toast(t('review.all')); $('#save').focus(); }
}

function undo() {
  const last = past.pop();
  if (!last) { toast(t('edit.no_undo')); return; }
  set(...last);
  show(places.get(last[0]));
}

async function save(onto) {
  if (busy || !answers.size || !data.may_write) return;
  busy = true;
  tell();
  const body = { base_version: base, review: { lines: [...answers.values()] } };
  if (onto > base) body.onto_version = onto;
  try {
    const saved = await api('POST', `${place}/versions`, body);
    toast(t('edit.saved_toast', { n: saved.version }));
    await draft.drop();
    answers.clear();
    // What was typed and not confirmed is no answer, and the new version has a queue of its own.
    location.assign(`/records/${data.record}/review`);
  } catch (error) {
    busy = false;
    tell();
    if (error.status === 409) await showConflict({ version: base }).catch((failed) => toast(failed.message));
    else toast(error.message);
  }
}

async function drop() {
  await draft.drop();
  answers.clear();
  location.assign(`/records/${data.record}/review`);
}

async function merge() {
  $('#conflict').close();
  try { await save((await api('GET', `${place}/versions`)).at(-1).version); } catch (error) { toast(error.message); }
}

async function restore() {
  const found = data.may_write ? await draft.find() : null;
  if (!found) return;
  base = Math.min(found.version, data.version);
  for (const line of found.lines) { answers.set(name(line), line); mark(places.get(name(line))); }
  const start = found.typing && places.has(found.typing.at) ? places.get(found.typing.at) : items.findIndex((one) => !answers.has(name(one)));
  show(Math.max(0, start));
  if (found.typing && places.has(found.typing.at)) { input.value = found.typing.text; told(); }
  toast(t('edit.restored', { at: draft.restored(found) }));
}

const open = () => { const link = $('#open').href; if (current()) globalThis.open(link, '_blank', 'noopener'); };
const writing = {
  Enter: confirm,
  Tab: (event) => show(at + (event.shiftKey ? -1 : 1)),
  ArrowDown: () => show(at + 1),
  ArrowUp: () => show(at - 1),
  Escape: () => input.blur(),
};
input.addEventListener('keydown', (event) => {
  // While an input method composes, the keys are its own.
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = writing[event.key];
  if (act) { event.preventDefault(); act(event); }
});
input.addEventListener('input', () => { told(); draft.changed(); });
document.addEventListener('keydown', (event) => {
  if (event.isComposing || document.querySelector('dialog[open]')) return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === 's') { event.preventDefault(); save(); }
  if (event.altKey && key === 'u') { event.preventDefault(); undo(); }
  if (event.altKey && key === 'o') { event.preventDefault(); open(); }
});
$('#confirm').addEventListener('click', confirm);
$('#skip').addEventListener('click', () => show(at + 1));
$('#undo').addEventListener('click', undo);
$('#save').addEventListener('click', () => save());
$('#discard').addEventListener('click', () => { if (globalThis.confirm(t('edit.discard_sure'))) drop(); });
onConflict({
  merge, drop, file: () => offer(base, { review: { lines: [...answers.values()] } }), forget: () => {}, stale: () => false,
});
shortcuts({
  j: () => show(at + 1, { focus: false }),
  k: () => show(at - 1, { focus: false }),
  e: () => input.focus(),
  u: undo,
  o: open,
});
new ResizeObserver(lay).observe($('#strip'));
$('#queue').append(...items.map(row));
show(0);
restore();
