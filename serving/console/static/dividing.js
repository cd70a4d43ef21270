// Turns of a 笔录 joined and divided, and a stretch of them summed up: plain values and pure functions. What the machine heard
// moves along whole, each piece with its place in the recording; a place is only ever cut inside its own sentence.
import { divide, glued, recast } from './sentences.js';
import { clean, confirmed, doubt, heardOut, unconfirmed } from './turns.js';

/** Letters of the text times letters of the raw text that are compared; past it a cut is set by length. A turn has some hundreds. */
const COMPARED_MOST = 25e6;
/** Python counts letters, JavaScript halves of them: what is behind the basic plane is one letter in the record. */
const letters = (text) => [...text];

// --- which turns stand behind a summary -------------------------------------------------------------------------------
export const isSummary = (turn) => turn.summary_of.length > 0;
/** Id of a turn -> id of the summary that is printed in its place. */
export const behind = (turns) => new Map(turns.flatMap((turn) => turn.summary_of.filter((id) => id !== turn.id).map((id) => [id, turn.id])));

// --- joining ----------------------------------------------------------------------------------------------------------
const shifted = (span, by) => ({ ...span, char_start: span.char_start + by, char_end: span.char_end + by });

function withText(one, next) {
  const gap = glued(one + next, one.length - 1, one.length) ? ' ' : '';
  return [one + gap + next, letters(one + gap).length];
}

/** The places of both; one that was cut in two before is one again. */
function spansOf(one, next, from) {
  const last = one.at(-1), first = next[0] && shifted(next[0], from);
  const whole = last && first && last.segment !== null && last.segment === first.segment && last.at.media === first.at.media && last.char_end === first.char_start;
  if (!whole) return [...one, ...next.map((span) => shifted(span, from))];
  const both = { ...last, at: { ...last.at, end_ms: Math.max(last.at.end_ms, first.at.end_ms) }, char_end: first.char_end, word_end: Math.max(last.word_end, first.word_end) };
  return [...one.slice(0, -1), both, ...next.slice(1).map((span) => shifted(span, from))];
}

function together(one, next, me) {
  const [text_raw, from] = withText(one.text_raw, next.text_raw), known = new Set(one.flags.map(doubt));
  const both = {
    ...one, text_raw, text_final: withText(one.text_final, next.text_final)[0], role: one.role ?? next.role,
    spans: spansOf(one.spans, next.spans, from), speaker: one.speaker === next.speaker ? one.speaker : null,
    flags: [...one.flags, ...next.flags.filter((flag) => !known.has(doubt(flag)))],
  };
  // Nobody confirms in somebody else's name: the whole stays confirmed where both parts were by who joins them.
  return one.confirmed_by === me && next.confirmed_by === me ? both : unconfirmed(both);
}

/** The turn at `place` with the one behind it; null where a summary keeps them apart. */
export function joined(body, place, me) {
  const [one, next] = body.turns.slice(place, place + 2), sums = behind(body.turns);
  if (!one || !next || isSummary(one) || isSummary(next) || sums.get(one.id) !== sums.get(next.id)) return null;
  const turns = [...body.turns.slice(0, place), together(one, next, me), ...body.turns.slice(place + 2)];
  return rehomed({ ...body, turns }, body, new Map([[next.id, one.id]]));
}

// --- dividing ---------------------------------------------------------------------------------------------------------
/** Edit distance (Levenshtein 1966) of all of `text` to each beginning of `raw`. */
function costs(text, raw) {
  let row = Uint32Array.from({ length: raw.length + 1 }, (_, n) => n);
  for (const letter of text) {
    const next = new Uint32Array(raw.length + 1);
    next[0] = row[0] + 1;
    for (let n = 1; n <= raw.length; n += 1) next[n] = Math.min(row[n] + 1, next[n - 1] + 1, row[n - 1] + (raw[n - 1] === letter ? 0 : 1));
    row = next;
  }
  return row;
}

/** Where `raw` is cut as `head` and `tail` cut their text: the cut that leaves least to change on both sides (Hirschberg 1975). */
export function opposite(head, tail, raw) {
  const [before, after, heard] = [letters(head), letters(tail), letters(raw)], size = before.length + after.length;
  if (size * heard.length > COMPARED_MOST) return Math.round(heard.length * before.length / size);
  const left = costs(before, heard), right = costs(after.reverse(), [...heard].reverse());
  let best = 0;
  for (let n = 0; n <= heard.length; n += 1) if (left[n] + right[heard.length - n] <= left[best] + right[heard.length - best]) best = n;
  return best;
}

/** A place cut in two before its letter `at`: at the word that is said there, where `words` of its sentence are known. */
function parted(span, raw, at, words) {
  const piece = letters(raw).slice(span.char_start, span.char_end), head = piece.slice(0, at - span.char_start).join('');
  const { start_ms, end_ms } = span.at, own = words?.slice(span.word_start, span.word_end) ?? [];
  const [left, right] = divide(recast(own, piece.join(''), start_ms / 1000, end_ms / 1000), head.length);
  const said = Math.round(1000 * (right[0]?.[0] ?? left.at(-1)?.[1] ?? start_ms / 1000));
  // The server orders pieces by their start: the second begins later, however short the first is.
  const middle = Math.max(start_ms + 1, Math.min(said, end_ms)), before = own.filter(([start]) => start * 1000 < middle).length, past = own.filter(([, end]) => end * 1000 <= middle).length;
  const known = own.length > 0;
  return [
    { ...span, at: { ...span.at, end_ms: middle }, char_end: at, word_end: known ? span.word_start + before : span.word_end },
    { ...span, at: { ...span.at, start_ms: middle }, char_start: at, word_start: known ? span.word_start + past : span.word_start },
  ];
}

const touches = (flag, spans) => flag.at === null || spans.some(({ at }) => at.media === flag.at.media && at.start_ms < flag.at.end_ms && flag.at.start_ms < at.end_ms);

/** A free id that tells where the turn comes from: two people who divide different turns never choose the same. */
function fresh(turns, from, mark) {
  const taken = new Set(turns.map((turn) => turn.id));
  let n = 1;
  while (taken.has(`${from}${mark}${n}`)) n += 1;
  return `${from}${mark}${n}`;
}

/** The turn's spans before and from letter `at` of its raw text; `wordsOf(segment)` are the words of a sentence, where known. */
function spansAround({ spans, text_raw }, at, wordsOf) {
  const head = [], tail = [];
  for (const span of spans) {
    if (span.char_end <= at) head.push(span);
    else if (span.char_start >= at) tail.push(shifted(span, -at));
    else {
      const [before, after] = parted(span, text_raw, at, wordsOf(span.segment));
      head.push(before);
      tail.push(shifted(after, -at));
    }
  }
  return [head, tail];
}

/** Letter `at`, or the nearest end of its sentence where that is too short to be cut; within the text, so that both parts have a place. */
function steady({ spans, text_raw }, at) {
  const size = letters(text_raw).length, within = Math.max(Math.min(1, size), Math.min(at, size - 1));
  const hit = spans.find((span) => span.char_start < within && within < span.char_end);
  if (!hit || hit.at.end_ms - hit.at.start_ms >= 2) return within;
  const nearer = within - hit.char_start < hit.char_end - within ? hit.char_start : hit.char_end;
  return nearer === 0 || nearer === size ? null : nearer;
}

/** The turn at `place` in two before character `caret` of what it says; null where nothing is to be divided. */
export function divided(body, place, caret, { me, wordsOf = () => null }) {
  const turn = body.turns[place], parts = turn && [clean(turn.text_final.slice(0, caret)), clean(turn.text_final.slice(caret))];
  if (!turn || isSummary(turn) || !parts[0] || !parts[1]) return null;
  const at = turn.text_raw ? steady(turn, opposite(turn.text_final.slice(0, caret), turn.text_final.slice(caret), turn.text_raw)) : 0;
  if (at === null) return null;
  const raw = letters(turn.text_raw), [before, after] = spansAround(turn, at, wordsOf);
  const mine = turn.confirmed_by === me ? turn : unconfirmed(turn);
  const later = turn.flags.filter((flag) => touches(flag, after)), kept = turn.flags.filter((flag) => touches(flag, before) || !later.includes(flag));
  const head = { ...mine, text_raw: raw.slice(0, at).join(''), text_final: parts[0], spans: before, flags: kept };
  const tail = { ...mine, id: fresh(body.turns, turn.id, '.'), text_raw: raw.slice(at).join(''), text_final: parts[1], spans: after, flags: later };
  const turns = body.turns.flatMap((one) => {
    if (one === turn) return [head, tail];
    return one.summary_of.includes(turn.id) ? [{ ...one, summary_of: one.summary_of.flatMap((id) => (id === turn.id ? [id, tail.id] : [id])) }] : [one];
  });
  return sorted({ ...body, turns }, head, tail);
}

/** What stood beside the turn goes to the part that it belongs to: by its second, a correction by its words. */
function sorted(body, head, tail) {
  const from = tail.spans[0]?.at.start_ms ?? Infinity, isLater = (at) => !at || at.start_ms >= from;
  const move = (list, name, later) => list.map((one) => (one[name] === head.id && later(one) ? { ...one, [name]: tail.id } : one));
  const corrections = move(body.review.corrections, 'turn', ({ after }) => !head.text_final.includes(after) && tail.text_final.includes(after));
  return {
    ...body, review: { ...body.review, corrections },
    exhibits: move(body.exhibits, 'turn', ({ at }) => isLater(at)), interruptions: move(body.interruptions, 'explained_in', ({ at }) => isLater(at)),
  };
}

/** The character of what the turn says that is said at `second`, for a cut at the playhead. */
export function caretAt(turn, second, wordsOf = () => null) {
  const span = turn.spans.findLast(({ at }) => at.start_ms <= second * 1000);
  if (!span) return 0;
  const raw = letters(turn.text_raw), piece = raw.slice(span.char_start, span.char_end).join('');
  const own = wordsOf(span.segment)?.slice(span.word_start, span.word_end) ?? [];
  const words = recast(own, piece, span.at.start_ms / 1000, span.at.end_ms / 1000), n = words.findLastIndex(([start]) => start <= second + 0.05);
  const head = raw.slice(0, span.char_start).join('') + words.slice(0, Math.max(0, n)).map(([, , text]) => text).join('');
  return letters(turn.text_final).slice(0, opposite(head, turn.text_raw.slice(head.length), turn.text_final)).join('').length;
}

// --- summing up -------------------------------------------------------------------------------------------------------
/**
 * The turns from `first` to `last` behind a summary of a person's own: it says what they say until it is rewritten, keeps
 * their places, and is printed for them. A summary in the stretch gives way. Null where another one holds half of them.
 */
export function summarised(body, first, last) {
  const sums = behind(body.turns), stretch = body.turns.slice(first, last + 1), gone = new Set(stretch.filter(isSummary).map((turn) => turn.id));
  const own = body.turns.filter((turn, n) => !isSummary(turn) && ((n >= first && n <= last) || gone.has(sums.get(turn.id))));
  if (!own.length || own.some((turn) => sums.has(turn.id) && !gone.has(sums.get(turn.id)))) return null;
  const rest = body.turns.filter((turn) => !gone.has(turn.id)), at = rest.indexOf(own[0]);
  const summary = {
    id: fresh(body.turns, own[0].id, 's'), role: own.findLast((turn) => turn.role === 'answer')?.role ?? own[0].role, text_raw: '',
    text_final: own.map((turn) => turn.text_final).reduce((one, next) => withText(one, next)[0], ''),
    spans: own.flatMap((turn) => turn.spans).map((span) => ({ ...span, char_start: 0, char_end: 0 })),
    speaker: null, flags: [], summary_of: own.map((turn) => turn.id), confirmed_by: null, confirmed_at: null,
  };
  return rehomed({ ...body, turns: [...rest.slice(0, at), summary, ...rest.slice(at)] }, body, new Map([...gone].map((id) => [id, own[0].id])));
}

/** The summary at `place` taken back: its turns are printed again. */
export function dissolved(body, place) {
  const summary = body.turns[place];
  if (!summary || !isSummary(summary)) return null;
  return rehomed({ ...body, turns: body.turns.filter((turn) => turn !== summary) }, body, new Map([[summary.id, summary.summary_of[0]]]));
}

/** The turn at `place` confirmed; with a summary the doubts of what it stands for are settled, though nobody vouches for that. */
export function vouched(body, place, me) {
  const turn = body.turns[place], own = new Set(turn.summary_of);
  return { ...body, turns: body.turns.map((one) => (one === turn ? confirmed(one, me) : own.has(one.id) ? heardOut(one, me) : one)) };
}

// --- what points at turns ---------------------------------------------------------------------------------------------
/** The turn that now has the place where `gone` began. */
function holder(turns, gone) {
  const first = gone?.spans[0];
  return first && turns.find((turn) => !isSummary(turn) && turn.spans.some(({ at, segment }) =>
    at.media === first.at.media && segment === first.segment && at.start_ms <= first.at.start_ms && first.at.start_ms < Math.max(at.end_ms, at.start_ms + 1)));
}

/** Whatever points at a turn of `before` that is no more points at the one that took it up: by `homes`, else by its place. */
export function rehomed(body, before, homes = new Map()) {
  const ids = new Set(body.turns.map((turn) => turn.id)), was = new Map(before.turns.map((turn) => [turn.id, turn]));
  const home = (id) => (id === null || ids.has(id) ? id : homes.get(id) ?? holder(body.turns, was.get(id))?.id ?? id);
  const move = (list, name) => list.map((one) => (home(one[name]) === one[name] ? one : { ...one, [name]: home(one[name]) }));
  const turns = body.turns.map((turn) => (turn.summary_of.every((id) => ids.has(id)) ? turn : { ...turn, summary_of: [...new Set(turn.summary_of.map(home))] }));
  return {
    ...body, turns, notices: move(body.notices, 'turn'), exhibits: move(body.exhibits, 'turn'), glossary: move(body.glossary, 'turn'),
    interruptions: move(body.interruptions, 'explained_in'), review: { ...body.review, corrections: move(body.review.corrections, 'turn') },
  };
}
