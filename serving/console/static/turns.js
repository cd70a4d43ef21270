// A 笔录 while a person works on it: plain values and pure functions. It knows no page and no network; whatever it changes it
// copies. What the machine heard (text_raw, spans) is never touched; who confirmed is written by the server, not here.

/** Equal values; what is the very same is not looked into, and that is most of a record after one change. */
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const names = Object.keys(one);
  return Array.isArray(one) === Array.isArray(other) && names.length === Object.keys(other).length && names.every((name) => same(one[name], other[name]));
}

export const open = (turn) => turn.flags.filter((flag) => flag.resolved_by === null);
export const waits = (turn) => turn.confirmed_by === null || turn.role === null || open(turn).length > 0;
export const clean = (text) => text.replace(/\s+/g, ' ').trim();

const ROLE_FLAGS = ['role', 'role-unsure'];
const settle = (flags, me, which = () => true) => flags.map((flag) => (flag.resolved_by === null && which(flag) ? { ...flag, resolved_by: me } : flag));

/** A person has heard it so: its doubts are settled with it. A turn whose part nobody told cannot be confirmed. */
export const confirmed = (turn, me) => (turn.role === null ? turn : { ...turn, confirmed_by: turn.confirmed_by ?? me, flags: settle(turn.flags, me) });
export const unconfirmed = (turn) => (turn.confirmed_by === null ? turn : { ...turn, confirmed_by: null, confirmed_at: null });
/** Other words are machine text no more, and nobody has confirmed them yet. */
export const withText = (turn, text) => (clean(text) === turn.text_final ? turn : unconfirmed({ ...turn, text_final: clean(text) }));
export const withRole = (turn, role, me) => ({ ...turn, role, flags: settle(turn.flags, me, (flag) => ROLE_FLAGS.includes(flag.code)) });

/** All doubts dealt with; where they are already, those that this person settled are opened again. */
export function settled(turn, me, saved) {
  if (open(turn).length) return { ...turn, flags: settle(turn.flags, me) };
  const kept = saved?.flags ?? [];
  return { ...turn, flags: turn.flags.map((flag, n) => (kept[n]?.resolved_by === null ? { ...flag, resolved_by: null } : flag)) };
}

export const seconds = (turn) => turn.spans.map((span) => [span.at.start_ms / 1000, span.at.end_ms / 1000]);

// --- values by path --------------------------------------------------------------------------------------------------
const steps = (path) => path.split(/[.[\]]+/).filter(Boolean);
export const valueAt = (body, path) => steps(path).reduce((at, step) => at?.[step], body);

/** `body` with `value` at `path`; objects on the way that are not there are made. */
export function withValue(body, path, value) {
  const [first, ...rest] = steps(path);
  return { ...body, [first]: rest.length ? withValue(body?.[first] ?? {}, rest.join('.'), value) : value };
}

// --- two people at once ----------------------------------------------------------------------------------------------
const plain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const keyOf = { turns: (turn) => turn.id, notices: (notice) => notice.code };
const COURSE = ['state', 'content_sha256', 'page_count'];

/**
 * What both made of `base`: where only one changed something that counts, where both did mine does. `lost` are the turns of
 * mine that theirs has no place for.
 */
export function merged(base, mine, theirs) {
  const lost = [], body = { ...theirs };
  for (const name of Object.keys(theirs)) {
    if (COURSE.includes(name)) continue;
    body[name] = keyOf[name] ? byKey(base[name], mine[name], theirs[name], keyOf[name], lost) : mixed(base[name], mine[name], theirs[name]);
  }
  return { body, lost };
}

function mixed(base, mine, theirs) {
  if (same(mine, base)) return theirs;
  if (same(theirs, base) || !plain(mine) || !plain(theirs) || !plain(base)) return mine;
  return Object.fromEntries(Object.keys(theirs).map((name) => [name, mixed(base[name], mine[name], theirs[name])]));
}

/** Turns and notices count whole: half of one person's words under the other's confirmation would be nobody's. */
function byKey(base, mine, theirs, key, lost) {
  const was = new Map(base.map((one) => [key(one), one])), there = new Set(theirs.map(key));
  const changed = new Map(mine.filter((one) => !same(one, was.get(key(one)))).map((one) => [key(one), one]));
  for (const [id, one] of changed) if (!there.has(id)) lost.push(one);
  return theirs.map((one) => changed.get(key(one)) ?? one);
}
