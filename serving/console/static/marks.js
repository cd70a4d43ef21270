// The end of a 笔录: how it was read, the closing sentence, pages and marks, as they stand on the signed paper. It knows
// which marks a form of one subject and its officers has; whether they suffice is for the rules.
import { $, $$, data } from './page.js';

const named = (party, name, page) => ({ party, name, kind: 'signature', page, at: null, image_sha256: null });

/** Who marks what: the subject every page, officers the last. */
function wanted(body) {
  const { header } = body, pages = Math.max(1, body.page_count ?? 1), subject = header.subject.name;
  const every = Array.from({ length: pages }, (_, n) => n + 1);
  const found = {
    subject_signature: every.map((page) => named('subject', subject, page)),
    subject_fingerprint: every.map((page) => ({ ...named('subject', subject, page), kind: 'fingerprint' })),
    interrogators: header.interrogators.map((one) => named('interrogator', one.name, pages)),
  };
  if (header.recorder) found.recorder = [named('recorder', header.recorder.name, pages)];
  if (header.interpreter) found.interpreter = [named('interpreter', header.interpreter.name, pages)];
  if (header.guardian?.name) found.guardian = [named('guardian', header.guardian.name, pages)];
  return found;
}

const is = (one, other) => ['party', 'name', 'kind', 'page'].every((name) => one[name] === other[name]);
const has = (body, list) => list.length > 0 && list.every((mark) => body.signatures.some((one) => is(one, mark)));

function withMarks(body, list, done) {
  const others = body.signatures.filter((one) => !list.some((mark) => is(one, mark)));
  return { ...body, signatures: done ? [...others, ...list] : others };
}

export function fill(body, writable) {
  const all = wanted(body), { mode, closing, refused } = body.review;
  for (const box of $$('[data-marks]')) {
    const list = all[box.dataset.marks];
    box.closest('label').hidden = !list;
    box.checked = Boolean(list) && has(body, list);
    // Marks are of the printed and checked paper: before the check there is nothing to sign.
    box.disabled = !writable || body.state !== 'checked';
  }
  const values = { '#mode': mode ?? '', '#closing': closing ?? '', '#pages': body.page_count ?? '', '#refused': refused?.reason ?? '', '#refused-by': refused?.noted_by ?? '' };
  for (const [id, value] of Object.entries(values)) {
    $(id).disabled = !writable || (id === '#pages' && body.state !== 'checked');
    if ($(id) !== document.activeElement) $(id).value = value;
  }
  $('#closing-wanted').textContent = Object.entries(data.closing).filter(([one]) => !mode || one === mode).map(([, sentence]) => sentence).join(' / ');
}

const withReview = (body, values) => ({ ...body, review: { ...body.review, ...values } });
const refusal = () => ({ reason: $('#refused').value.trim(), noted_by: $('#refused-by').value.trim() });

/** `become` takes a function from the record to the record. */
export function listen(become) {
  const on = (id, act) => $(id).addEventListener('change', (event) => become((body) => act(body, event.target.value.trim())));
  on('#mode', (body, value) => withReview(body, { mode: value || null }));
  on('#closing', (body, value) => withReview(body, { closing: value || null }));
  on('#pages', (body, value) => ({ ...body, page_count: Number(value) > 0 ? Math.trunc(Number(value)) : null }));
  for (const id of ['#refused', '#refused-by']) on(id, (body) => withReview(body, { refused: refusal().reason || refusal().noted_by ? refusal() : null }));
  for (const box of $$('[data-marks]')) box.addEventListener('change', () => become((body) => withMarks(body, wanted(body)[box.dataset.marks] ?? [], box.checked)));
}

/** The part that a finding about the end of the record is about. */
export const placeFor = (field) => ({ page_count: $('#pages'), signatures: $('[data-marks]'), 'review.closing': $('#closing'), 'review.mode': $('#mode'), 'review.refused': $('#refused') })[field] ?? null;
