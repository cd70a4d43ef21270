// The review of violations: one composite picture at a time, a decision by keys; decisions are kept here until they are
// saved as a version of the record. What is complete the server decided, and it refuses to confirm what is not.
import { $, $$, api, data, shortcuts, t, toast } from './page.js';

const items = data.items, decided = new Map();
let at = 0, view = 0, busy = false;

const current = () => items[at];
const verdict = (one) => decided.get(one.id) ?? one.review;

function make(name, text, kind) {
  const found = document.createElement(name);
  found.textContent = text;
  if (kind) found.className = kind;
  return found;
}

function stateOf(one) {
  const found = verdict(one);
  if (!found || found.state === 'open') return one.complete ? t('violation.open') : t('violation.incomplete');
  const label = found.state === 'confirmed' ? t('violation.confirmed') : t('violation.rejected');
  const by = found.by ? `（${data.people[found.by] ?? found.by}）` : '';
  return found.reason ? `${label}${by}：${found.reason}` : `${label}${by}`;
}

function tell() {
  $('#place').textContent = items.length ? `${at + 1} / ${items.length}` : '';
  const done = items.filter((one) => ['confirmed', 'rejected'].includes(verdict(one)?.state)).length;
  $('#done-count').textContent = t('violation.done', { n: done, total: items.length });
  $('#save').disabled = busy || !decided.size || !data.may_write;
  $('#save-state').textContent = decided.size ? t('violation.unsaved', { n: decided.size }) : '';
  $$('#queue button').forEach((button, n) => {
    const state = verdict(items[n])?.state;
    $('.s', button).textContent = { confirmed: '✓', rejected: '✗' }[state] ?? (items[n].complete ? '' : '!');
    button.dataset.state = state ?? '';
    if (n === at) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
  });
}

function picture(n) {
  const one = current(), pictures = one.pictures.filter((p) => p.src);
  if (!pictures.length) { $('#picture').removeAttribute('src'); $('#digest').textContent = ''; return; }
  view = (n + pictures.length) % pictures.length;
  const shown = pictures[view];
  $('#picture').src = shown.src;
  $('#picture').alt = shown.label;
  $('#full').href = shown.src;
  $('#digest').textContent = `SHA-256 ${shown.sha256}`;
  $$('#thumbs button').forEach((button, m) => { if (m === view) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current'); });
}

function check(one) {
  const row = make('li', '', one.passed ? 'good' : 'bad');
  row.append(make('b', `${one.passed ? '✓' : '✗'} ${one.label}`), make('span', `${one.found}（${one.asked}）`), make('span', one.basis, 'quiet small'));
  return row;
}

function show(n) {
  if (!items.length) { tell(); return; }
  at = Math.max(0, Math.min(items.length - 1, n));
  const one = current();
  $('#name').textContent = one.code ? `${one.name} ${one.code}` : one.name;
  $('#law').textContent = one.law;
  $('#plate').textContent = one.plate;
  $('#at').textContent = one.at;
  $('#reason').value = verdict(one)?.reason ?? '';
  $('#checks').replaceChildren(...one.checks.map(check));
  const pictures = one.pictures.filter((p) => p.src);
  $('#thumbs').replaceChildren(...pictures.map((p, m) => {
    const button = make('button', p.label);
    button.type = 'button';
    button.addEventListener('click', () => picture(m));
    return button;
  }));
  picture(Math.max(0, pictures.findIndex((p) => p.role === 'composite')));
  $('#clip-part').hidden = !one.clip;
  const clip = $('#clip');
  if (one.clip) clip.src = one.clip; else clip.removeAttribute('src');
  told();
  $$('#queue button')[at].scrollIntoView({ block: 'nearest' });
}

function told() {
  const one = current(), state = verdict(one)?.state;
  $('#state').textContent = stateOf(one);
  $('#state').className = `note ${{ confirmed: 'good', rejected: 'bad' }[state] ?? (one.complete ? '' : 'warn')}`;
  $('#confirm').disabled = !data.may_write || !one.complete;
  $('#reject').disabled = $('#reason').disabled = !data.may_write;
  tell();
}

function next() {
  const open = items.findIndex((one, n) => n > at && !verdict(one));
  if (open >= 0) show(open); else told();
}

function confirm() {
  const one = current();
  if (!one || !data.may_write) return;
  if (!one.complete) { toast(t('violation.cannot')); return; }
  decided.set(one.id, { id: one.id, state: 'confirmed', reason: '' });
  next();
}

function reject() {
  const one = current();
  if (!one || !data.may_write) return;
  const reason = $('#reason').value.trim();
  if (!reason) { toast(t('violation.need_reason')); $('#reason').focus(); return; }
  decided.set(one.id, { id: one.id, state: 'rejected', reason });
  $('#reason').blur();
  next();
}

function reopen() {
  const one = current();
  if (!one || !data.may_write) return;
  if (one.review) decided.set(one.id, { id: one.id, state: 'open', reason: '' }); else decided.delete(one.id);
  show(at);
}

async function save() {
  if (busy || !decided.size || !data.may_write) return;
  busy = true;
  tell();
  const body = { base_version: data.version, review: { violations: [...decided.values()] } };
  try {
    await api('POST', `/api/v1/records/${data.record}/versions`, body);
    decided.clear();
    location.assign(`/records/${data.record}/violations`);
  } catch (error) {
    busy = false;
    tell();
    toast(error.message);
  }
}

function row(one, n) {
  const li = document.createElement('li'), button = document.createElement('button');
  button.type = 'button';
  button.append(make('span', one.at, 'n'), make('span', one.name, 'x'), make('span', '', 's'), make('span', one.plate, 'p'));
  button.addEventListener('click', () => show(n));
  li.append(button);
  return li;
}

$('#queue').append(...items.map(row));
if (items.length) {
  $('#confirm').addEventListener('click', confirm);
  $('#reject').addEventListener('click', reject);
  $('#reason').addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter') { event.preventDefault(); reject(); }
    if (event.key === 'Escape') event.target.blur();
  });
}
$('#save').addEventListener('click', save);
document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') { event.preventDefault(); save(); }
});
globalThis.addEventListener('beforeunload', (event) => { if (decided.size) event.preventDefault(); });
shortcuts({
  j: () => show(at + 1),
  k: () => show(at - 1),
  y: confirm,
  n: () => { if (items.length && data.may_write) { if ($('#reason').value.trim()) reject(); else $('#reason').focus(); } },
  u: reopen,
  o: () => { if ($('#full')?.href) globalThis.open($('#full').href, '_blank', 'noopener'); },
  '[': () => picture(view - 1),
  ']': () => picture(view + 1),
});
show(0);
