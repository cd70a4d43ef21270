// What a 笔录 notes beside its turns: evidence shown (出示证据), places marked for replay (打点), interruptions (中断), corrections
// (更正); each with its second. Plain values and pure functions, no page: whatever they change they copy.
import { clean, unconfirmed } from './turns.js';

const LISTS = { exhibit: 'exhibits', bookmark: 'bookmarks', interruption: 'interruptions' };
const before = (one) => one.at?.start_ms ?? Infinity;
const inOrder = (list) => [...list].sort((one, other) => before(one) - before(other));
const withReview = (body, corrections) => ({ ...body, review: { ...body.review, corrections } });

export const spot = (body, ms) => ({ media: body.media[0]?.id ?? '', start_ms: ms, end_ms: ms });

/** `entry` in its list, in the place of `old` where that is given; in the order of the recording. */
export function noted(body, kind, entry, old = null) {
  const name = LISTS[kind];
  return { ...body, [name]: inOrder([...body[name].filter((one) => one !== old), entry]) };
}

/** All of them in the order of the recording, as [kind, entry, the id of the turn that each stands at]. */
export function entries(body) {
  const firsts = new Map(body.turns.map((turn) => [turn.id, turn.spans[0]?.at.start_ms ?? Infinity]));
  const all = [
    ...body.exhibits.map((one) => ['exhibit', one, one.turn]), ...body.bookmarks.map((one) => ['bookmark', one, turnAt(body.turns, one.at.start_ms)]),
    ...body.interruptions.map((one) => ['interruption', one, one.explained_in ?? turnAt(body.turns, one.at.start_ms)]), ...body.review.corrections.map((one) => ['correction', one, one.turn]),
  ];
  const when = ([kind, one, turn]) => (kind === 'correction' ? firsts.get(turn) ?? Infinity : before(one));
  return all.sort((one, other) => when(one) - when(other));
}

/** The turn in which `ms` of the recording lies, or the last that began before it. */
export function turnAt(turns, ms) {
  const began = turns.filter((turn) => turn.spans.length && turn.spans[0].at.start_ms <= ms && !turn.summary_of.length);
  return began.reduce((best, turn) => (!best || turn.spans[0].at.start_ms >= best.spans[0].at.start_ms ? turn : best), null)?.id ?? null;
}

/** The entry taken out; a correction gives the words of before back. */
export function without(body, kind, entry) {
  if (kind !== 'correction') return { ...body, [LISTS[kind]]: body[LISTS[kind]].filter((one) => one !== entry) };
  const turns = body.turns.map((turn) => (turn.id === entry.turn ? replaced(turn, turn.text_final.indexOf(entry.after), entry.after, entry.before) : turn));
  return withReview({ ...body, turns }, body.review.corrections.filter((one) => one !== entry));
}

function replaced(turn, at, old, words) {
  return at < 0 ? turn : unconfirmed({ ...turn, text_final: clean(turn.text_final.slice(0, at) + words + turn.text_final.slice(at + old.length)) });
}

/** The next number of an exhibit: 证据3 after 证据2. */
export function nextNo(body) {
  const last = body.exhibits.map((one) => /^(.*?)(\d+)(\D*)$/.exec(one.no)).filter(Boolean).at(-1);
  return last ? `${last[1]}${Number(last[2]) + 1}${last[3]}` : `证据${body.exhibits.length + 1}`;
}

/** A stretch without sound that no interruption explains yet; rule A16 asks for it. */
export function unexplained(body) {
  const gaps = body.media.flatMap((one) => one.gaps);
  return gaps.find((gap) => !body.interruptions.some(({ at }) => at.media === gap.media && at.start_ms <= gap.start_ms && gap.end_ms <= at.end_ms)) ?? null;
}

// --- corrections ------------------------------------------------------------------------------------------------------
/**
 * Characters `from` up to `to` of the turn corrected to `words`, with what was struck beside it. The correction takes in as
 * much around it as makes it the only such place in the turn, and an earlier one that it touches: paper shows both words.
 */
export function corrected(body, place, [from, to], words, by) {
  const turn = body.turns[place], text = turn?.text_final ?? '';
  if (!turn || text.slice(from, to) === words) return null;
  let [start, end, old, now] = [from, to, text.slice(from, to), words];
  let corrections = body.review.corrections;
  for (const one of corrections.filter((each) => each.turn === turn.id && each.after)) {
    const at = text.indexOf(one.after), stop = at + one.after.length;
    if (at < 0 || at >= end || stop <= start) continue;
    const head = text.slice(Math.min(start, at), start), tail = text.slice(end, Math.max(end, stop));
    now = head + now + tail;
    old = text.slice(Math.min(start, at), at) + one.before + text.slice(stop, Math.max(end, stop));
    [start, end] = [Math.min(start, at), Math.max(end, stop)];
    corrections = corrections.filter((each) => each !== one);
  }
  const whole = () => text.slice(0, start) + now + text.slice(end);
  const alone = () => now && whole().indexOf(now) === whole().lastIndexOf(now);
  while (!alone() && (end < text.length || start > 0)) {
    if (end < text.length) { old += text[end]; now += text[end]; end += 1; }
    else { start -= 1; old = text[start] + old; now = text[start] + now; }
  }
  if (!now) return null;
  const made = { turn: turn.id, before: old, after: now, by, at: new Date().toISOString().slice(0, 19) + 'Z', page: null, fingerprint_slot: true };
  const turns = body.turns.map((one) => (one === turn ? unconfirmed({ ...turn, text_final: whole() }) : one));
  return withReview({ ...body, turns }, old === now ? corrections : [...corrections, made]);
}
