// What every page has: texts, local times, copy buttons, dialogs, shortcuts, filters and calls to the JSON API.
const read = (id) => JSON.parse(document.getElementById(id)?.textContent || '{}');
const texts = read('texts');
export const data = read('data');
export const csrf = document.querySelector('meta[name=csrf-token]').content;
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The text under `script.<key>` of the catalogue, with {name} places filled. */
export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds)), two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let place = 0;
  while (bytes >= 1024 && place < units.length - 1) { bytes /= 1024; place += 1; }
  return `${place === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[place]}`;
}

let hide = 0;
export function toast(text) {
  const box = $('#toast');
  // An open dialog lies above everything outside it.
  ($$('dialog[open]').at(-1) ?? document.body).append(box);
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => { box.hidden = true; }, 3200);
}

/** What a failed call means, in the visitor's language: by code where the catalogue knows it, else by status. */
export function reason(status, body) {
  const known = texts[`error.${body?.code}`] ?? texts[`error.${status}`];
  if (status === 401) { location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`); }
  if (known) return known;
  return body?.message ? `${t('error.other')} ${body.message}` : t('error.network');
}

/** Ask the JSON API; resolves to the body, rejects with an Error whose message is for people. */
export async function api(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method, credentials: 'same-origin', cache: 'no-store',
      headers: { 'x-csrf-token': csrf, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch { throw new Error(t('error.network')); }
  const found = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw Object.assign(new Error(reason(answer.status, found)), { status: answer.status, code: found?.code, details: found?.details });
  return found;
}

/** Hand over `content` as a file called `name`. */
export function saveFile(content, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page that is not served over TLS has no clipboard API.
    const box = document.createElement('textarea');
    box.value = text;
    box.className = 'offscreen';
    document.body.append(box);
    box.select();
    document.execCommand('copy');
    box.remove();
  }
  toast(t('copied'));
}

/** Whether a key press belongs to a field or a dialog rather than to the page's shortcuts. */
export function typing(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (document.querySelector('dialog[open]')) return true;
  if (event.target.type === 'range') return false;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
}

const acts = new Map();
/** Bind keys (event.key values) of this page; the act returns false to let the browser have the key. */
export function shortcuts(table) {
  for (const [key, act] of Object.entries(table)) acts.set(key, act);
}

export function showTimes(root = document) {
  const full = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
  for (const time of $$('time[datetime]', root)) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    const shown = full.format(at);
    time.textContent = time.dataset.short === undefined ? shown : shown.slice(5, 16);
    time.title = time.dateTime;
  }
}

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector('input:not([type=hidden]), select, textarea')?.focus();
}

function filterRows() {
  const field = $('#filter'), table = $('main table');
  if (!field || !table) return;
  field.addEventListener('input', () => {
    const wanted = field.value.trim().toLowerCase();
    let left = 0;
    for (const row of $$('tbody tr', table)) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      left += row.hidden ? 0 : 1;
    }
    const none = $('#no-match');
    if (none) none.hidden = left > 0;
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { field.value = ''; field.dispatchEvent(new Event('input')); field.blur(); }
  });
}

/** Keys of a pair are pressed one upon the other; a later one is its own. */
const PAIR_MS = 1200;
let after = '', since = 0;
function onKey(event) {
  if (typing(event)) { after = ''; return; }
  const places = { c: '/cases', s: '/search', j: '/jobs', v: '/scans', m: '/models' };
  if (after === 'g' && event.timeStamp - since < PAIR_MS && places[event.key]) { after = ''; event.preventDefault(); location.assign(places[event.key]); return; }
  after = event.key === 'g' ? 'g' : '';
  since = event.timeStamp;
  if (event.key === '?') { event.preventDefault(); open($('#keys')); return; }
  if (event.key === '/' && $('#filter')) { event.preventDefault(); $('#filter').focus(); return; }
  const act = acts.get(event.key);
  if (act && act(event) !== false) event.preventDefault();
}

document.addEventListener('keydown', onKey);
document.addEventListener('click', (event) => {
  const hit = event.target.closest('[data-copy],[data-open],[data-close],tr.go');
  if (!hit) return;
  if (hit.dataset.copy) copy(hit.dataset.copy);
  else if (hit.dataset.open) open(document.getElementById(hit.dataset.open));
  else if (hit.dataset.close !== undefined) hit.closest('dialog').close();
  else if (!event.target.closest('a,button') && !String(getSelection())) $('a', hit)?.click();
});
for (const bar of $$('[data-progress]')) bar.style.width = `${bar.dataset.progress * 100}%`;
showTimes();
filterRows();
open($('dialog[data-open-now]'));
