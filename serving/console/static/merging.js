// Two people's work on one 笔录 brought together: pure. Where only one changed something that counts; where both did, mine
// does; where both divided the same turns, theirs, and what of mine has no place there is told, not dropped without a word.
import { rehomed } from './dividing.js';
import { same } from './turns.js';

const plain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const keyOf = { notices: (notice) => notice.code };
const LISTS = ['exhibits', 'bookmarks', 'interruptions', 'glossary', 'corrections'];
const COURSE = ['state', 'content_sha256', 'page_count'];

/** What both made of `base`; `lost` are the turns of mine that theirs has no place for. */
export function merged(base, mine, theirs) {
  const lost = [], body = { ...theirs };
  for (const name of Object.keys(theirs)) {
    if (COURSE.includes(name)) continue;
    if (name === 'turns') body.turns = turnsOf(base.turns, mine.turns, theirs.turns, lost);
    else body[name] = keyOf[name] ? byKey(base[name], mine[name], theirs[name], keyOf[name]) : mixed(base[name], mine[name], theirs[name], name);
  }
  const all = new Map([...base.turns, ...theirs.turns, ...mine.turns].map((turn) => [turn.id, turn]));
  return { body: rehomed(body, { turns: [...all.values()] }), lost };
}

function mixed(base, mine, theirs, name) {
  if (same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  if (LISTS.includes(name)) return listed(base, mine, theirs);
  if (!plain(mine) || !plain(theirs) || !plain(base)) return mine;
  return Object.fromEntries(Object.keys(theirs).map((each) => [each, mixed(base[each], mine[each], theirs[each], each)]));
}

/** Theirs without what I took out, with what I put in: nobody's entry falls away for another's. */
function listed(base, mine, theirs) {
  const has = (list, one) => list.some((other) => same(one, other));
  return [...theirs.filter((one) => has(mine, one) || !has(base, one)), ...mine.filter((one) => !has(base, one) && !has(theirs, one))];
}

/** Whole things count whole: half of one person's words under the other's confirmation would be nobody's. */
function byKey(base, mine, theirs, key) {
  const was = new Map(base.map((one) => [key(one), one])), changed = new Map(mine.filter((one) => !same(one, was.get(key(one)))).map((one) => [key(one), one]));
  return theirs.map((one) => changed.get(key(one)) ?? one);
}

// --- turns ------------------------------------------------------------------------------------------------------------
/** The same part of what was said, however it is worded; a summary counts by what it stands for. */
const alike = (one, other) => one !== undefined && other !== undefined && one.id === other.id && one.text_raw === other.text_raw && same(one.summary_of, other.summary_of);
const cutAlike = (some, others) => some.length === others.length && some.every((one, n) => alike(one, others[n]));

/** Between turns that nobody divided, joined or summed up, the side that did so counts. */
function turnsOf(base, mine, theirs, lost) {
  const place = (turns) => new Map(turns.map((turn, n) => [turn.id, n])), [here, there] = [place(mine), place(theirs)];
  const found = [];
  let at = { base: 0, mine: 0, theirs: 0 };
  const upTo = (b, m, t) => {
    found.push(...between(base.slice(at.base, b), mine.slice(at.mine, m), theirs.slice(at.theirs, t), lost));
    at = { base: b + 1, mine: m + 1, theirs: t + 1 };
  };
  for (const [n, turn] of base.entries()) {
    const m = here.get(turn.id) ?? -1, t = there.get(turn.id) ?? -1;
    if (m < at.mine || t < at.theirs || !alike(mine[m], turn) || !alike(theirs[t], turn)) continue;
    upTo(n, m, t);
    found.push(same(mine[m], turn) ? theirs[t] : mine[m]);
  }
  upTo(base.length, mine.length, theirs.length);
  return withoutDoubles(found, theirs, lost);
}

function between(base, mine, theirs, lost) {
  if (cutAlike(base, mine)) {
    const changed = mine.filter((one, n) => !same(one, base[n])), there = new Set(theirs.map((one) => one.id));
    lost.push(...changed.filter((one) => !there.has(one.id) || !cutAlike([one], theirs.filter((other) => other.id === one.id))));
    return theirs.map((one) => changed.find((mine_) => alike(mine_, one)) ?? one);
  }
  if (cutAlike(base, theirs)) return mine;
  if (cutAlike(mine, theirs)) return mine;
  // Before the same turn both put something new, and nothing else happened there: both stay.
  if (!base.length) return [...theirs, ...mine.filter((one) => !theirs.some((other) => other.id === one.id))];
  lost.push(...mine.filter((one) => !base.some((other) => same(one, other)) && !theirs.some((other) => same(one, other))));
  return theirs;
}

/** No turn stands behind two summaries: theirs is saved already, mine is told. */
function withoutDoubles(turns, theirs, lost) {
  const saved = new Set(theirs.map((turn) => turn.id)), taken = new Set(theirs.flatMap((turn) => (turns.some((one) => one.id === turn.id) ? turn.summary_of : [])));
  return turns.filter((turn) => {
    const double = turn.summary_of.length > 0 && !saved.has(turn.id) && turn.summary_of.some((id) => taken.has(id));
    if (double) lost.push(turn);
    return !double;
  });
}
