// The differences between a 笔录 and its recording: walked, heard and filtered by key; it changes nothing.
import { $, $$, data, shortcuts, t } from './page.js';
import { back, control, media, seek } from './player.js';

const SEVERITIES = ['major', 'substantive', 'listen', 'minor', 'wording'];
const list = $('#differences'), all = list ? $$('.difference', list) : [];
const spans = new Map((data.spans ?? []).map((span) => [String(span.id), span]));
const buttons = $$('[data-severity]').filter((one) => one.tagName === 'BUTTON');
const gravest = [...all], written = [...all].sort((a, b) => Number(a.dataset.id) - Number(b.dataset.id));
const stretches = all.map((row) => { const { jump, end } = spans.get(row.dataset.id); return [jump, end, row]; });
let current = null, stopAt = Infinity, lit = [];

const visible = () => $$('.difference:not([hidden])', list ?? document);

function choose(row, focus = true) {
  if (!row) return;
  current?.classList.remove('here');
  current = row;
  row.classList.add('here');
  if (focus) $('.hear', row).focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

function step(by) {
  const rows = visible(), at = rows.indexOf(current);
  choose(rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]);
}

/** Play the stretch of the row and stop behind its last word. */
function hear(row = current ?? visible()[0]) {
  if (!row || !media) return;
  choose(row);
  const span = spans.get(row.dataset.id);
  stopAt = span.end;
  seek(span.jump, true);
}

function toggle() {
  if (media && !media.paused) media.pause(); else hear();
}

function onTime(time) {
  if (time >= stopAt && !media.paused) { media.pause(); stopAt = Infinity; }
  const now = media.paused ? [] : stretches.filter(([jump, end]) => time >= jump && time <= end).map(([, , row]) => row);
  for (const row of lit) if (!now.includes(row)) row.classList.remove('now');
  for (const row of now) row.classList.add('now');
  lit = now;
}

// --- filters ---------------------------------------------------------------------------------------------------------
function filter() {
  const severities = new Set(buttons.filter((one) => one.ariaPressed === 'true').map((one) => one.dataset.severity));
  const kind = $('#by-kind')?.value, fact = $('#by-fact')?.value;
  for (const row of all) {
    const fits = (!severities.size || severities.has(row.dataset.severity)) && (!kind || row.dataset.kind === kind) && (!fact || row.dataset.fact === fact);
    row.hidden = !fits;
  }
  const left = visible().length;
  $('#shown').textContent = t('compare.shown', { n: left, total: all.length });
  $('#none-shown').hidden = left > 0;
  if (current?.hidden) choose(visible()[0], document.activeElement === document.body || list.contains(document.activeElement));
}

function only(severity) {
  const chosen = buttons.find((one) => one.dataset.severity === severity);
  if (!chosen) return;
  const alone = chosen.ariaPressed === 'true';
  for (const one of buttons) one.ariaPressed = String(one === chosen && !alone);
  filter();
}

function everything() {
  for (const one of buttons) one.ariaPressed = 'false';
  for (const field of ['#by-kind', '#by-fact']) if ($(field)) $(field).value = '';
  filter();
}

function order(by) {
  $('#order').value = by;
  list.append(...(by === 'record' ? written : gravest));
  current?.scrollIntoView({ block: 'nearest' });
}

if (all.length) {
  for (const one of buttons) one.addEventListener('click', () => only(one.dataset.severity));
  for (const field of ['#by-kind', '#by-fact']) $(field)?.addEventListener('change', filter);
  $('#order').addEventListener('change', () => order($('#order').value));
  list.addEventListener('click', (event) => {
    const row = event.target.closest('.difference');
    if (!row) return;
    if (event.target.closest('.hear')) hear(row); else if (!String(getSelection())) choose(row, false);
  });
}
$('#print').addEventListener('click', () => window.print());
if (media) {
  control(onTime);
  // Whoever moves the playhead by hand listens on for as long as they like.
  for (const id of ['#play', '#back', '#forward']) $(id).addEventListener('click', () => { stopAt = Infinity; });
}
shortcuts({
  n: () => step(1),
  p: () => step(-1),
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: (event) => (event.target.closest('a,button,summary') ? false : hear()),
  r: () => hear(),
  b: () => { if (media) back(); },
  ' ': toggle,
  ...Object.fromEntries(SEVERITIES.map((severity, n) => [String(n + 1), () => only(severity)])),
  0: everything,
  o: () => { if (all.length) order($('#order').value === 'record' ? 'severity' : 'record'); },
});
