// Noting something at a place of the record: evidence shown, a place for replay, an interruption, a correction. One small form,
// filled in with what is known; and the list of all of them beside the paper. It changes no record: it says what was noted.
import { $, $$, clock, data, t, toast } from './page.js';
import { corrected, entries, nextNo, noted, spot, unexplained, without } from './entries.js';
import { seek } from './player.js';
import { wording } from './paper.js';

const dialog = $('#noting'), form = $('#noting form'), value = (name) => $(`#noting-${name}`).value.trim();
let page = null, now = null, listed = [];

// --- seconds ---------------------------------------------------------------------------------------------------------
const stamp = (ms) => `${clock(ms / 1000)}.${Math.floor(Math.max(0, ms) % 1000 / 100)}`;
/** Milliseconds of 0:12.3 or 1:02:03; NaN for anything else. */
function parsed(text) {
  const found = /^(?:(\d+)[:：])?(\d+)[:：](\d{1,2}(?:\.\d+)?)$/.exec(text.trim());
  return found ? Math.round(((Number(found[1] ?? 0) * 60 + Number(found[2])) * 60 + Number(found[3])) * 1000) : NaN;
}

/** The second in a field; one that nobody changed is as exact as it was, however short it is shown. */
const secondIn = (name) => (value(name) === stamp(now.exact[name] ?? NaN) ? now.exact[name] : parsed(value(name)));

function secondsFit() {
  const end = now.body.media[0]?.duration_ms ?? 0, from = secondIn('at'), to = secondIn('to');
  const fit = (ms) => ms >= 0 && ms <= end;
  $('#noting-at').setCustomValidity(fit(from) ? '' : t('noting.no_second', { end: stamp(end) }));
  $('#noting-to').setCustomValidity(!$('#noting-to').disabled && !(fit(to) && to >= from) ? t('noting.no_second', { end: stamp(end) }) : '');
}

// --- the form --------------------------------------------------------------------------------------------------------
/** What stands in the form before anything is typed: of the entry that is changed, else what the place tells. */
function known(kind, body, turn, entry, at) {
  if (kind === 'exhibit') return { at: entry ? entry.at?.start_ms ?? at : at, no: entry?.no ?? nextNo(body), name: entry?.name ?? '' };
  if (kind === 'bookmark') return { at: entry?.at.start_ms ?? at, label: entry?.label ?? '' };
  if (kind === 'correction') return { old: entry?.before ?? page.selected(), now: entry?.after ?? '', by: entry?.by ?? body.header.subject.name };
  const gap = entry?.at ?? unexplained(body) ?? between(body, turn);
  return { at: gap.start_ms, to: gap.end_ms, reason: entry?.reason ?? '', approved: entry?.approved_by ?? '' };
}

/** From the end of what was said before the turn to where it begins. */
function between(body, turn) {
  const start = turn.spans[0]?.at.start_ms ?? 0, before = body.turns.flatMap((one) => one.spans).map((span) => span.at.end_ms).filter((end) => end <= start);
  return { start_ms: Math.max(0, ...before), end_ms: start };
}

/** Ask for an entry of `kind` at the turn `place`, or for changes to `entry`. */
export function ask(kind, { body, place, at, entry = null }) {
  const turn = body.turns[place];
  const filled = known(kind, body, turn, entry, at);
  now = { kind, body, place, turn, entry, exact: filled };
  $('#noting-title').textContent = data.entries[kind];
  for (const field of $$('[data-for]', form)) {
    field.hidden = !field.dataset.for.split(' ').includes(kind);
    for (const input of $$('input', field)) Object.assign(input, { disabled: field.hidden || (kind === 'correction' && Boolean(entry)), value: '' });
  }
  for (const [name, said] of Object.entries(filled)) $(`#noting-${name}`).value = typeof said === 'number' ? stamp(said) : said;
  $('#noting-turn').textContent = t('noting.turn', { role: data.roles[turn.role] ?? '？', text: turn.text_final });
  $('#noting-about').textContent = { exhibit: t('noting.exhibit'), bookmark: t('noting.bookmark'), interruption: t('noting.interruption'), correction: t('noting.correction') }[kind];
  $('#noting-remove').hidden = !entry;
  $('#noting-go').hidden = kind === 'correction' && Boolean(entry);
  secondsFit();
  dialog.showModal();
  const first = { exhibit: 'name', bookmark: 'label', interruption: 'reason', correction: value('old') ? 'now' : 'old' }[kind];
  $(`#noting-${first}`).focus();
}

function told(body) {
  const { kind, place, turn, entry } = now, from = secondIn('at');
  if (kind === 'exhibit') return noted(body, kind, { no: value('no'), name: value('name'), turn: entry?.turn ?? turn.id, at: spot(body, from) }, entry);
  if (kind === 'bookmark') return noted(body, kind, { at: spot(body, from), label: value('label'), by: page.me }, entry);
  if (kind === 'interruption') {
    const at = { ...spot(body, from), end_ms: secondIn('to') };
    return noted(body, kind, { at, reason: value('reason'), approved_by: value('approved') || null, explained_in: entry?.explained_in ?? turn.id }, entry);
  }
  const old = value('old'), text = turn.text_final, start = old ? page.startOf(old, text) : text.length;
  if (start < 0) { toast(t('noting.not_there', { text: old })); return null; }
  return corrected(body, place, [start, start + old.length], value('now'), value('by'));
}

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const made = told(now.body);
  if (!made) { if (now.kind !== 'correction' || value('old') === value('now')) toast(t('noting.nothing')); return; }
  dialog.close();
  page.become(made);
});
form?.addEventListener('input', secondsFit);
$('#noting-remove')?.addEventListener('click', () => {
  dialog.close();
  page.become(without(now.body, now.kind, now.entry));
});

// --- the list --------------------------------------------------------------------------------------------------------
export function fill(body) {
  listed = entries(body);
  $('#entries-count').textContent = listed.length ? String(listed.length) : '';
  $('#entries').replaceChildren(...listed.map(row));
}

function row([kind, one]) {
  const item = document.createElement('li'), open = document.createElement('button');
  open.type = 'button';
  open.className = `entry ${kind}`;
  open.textContent = `${one.at?.start_ms === undefined ? '' : `${clock(one.at.start_ms / 1000)} `}${data.entries[kind]} ${wording(kind, one)}`;
  item.append(open);
  return item;
}

/** `given` answers become(record), jump(turn), change(kind, entry), selected(), startOf(words, text) and me. */
export function listen(given) {
  page = given;
  $('#entries').addEventListener('click', (event) => {
    const at = $$('#entries > li').indexOf(event.target.closest('li')), [kind, one, turn] = listed[at] ?? [];
    if (!kind) return;
    if (turn) page.jump(turn);
    if (one.at?.start_ms !== undefined) seek(one.at.start_ms / 1000);
    page.change(kind, one);
  });
}
