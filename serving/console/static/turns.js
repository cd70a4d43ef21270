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
/** What tells a doubt from others, however turns are divided. */
export const doubt = ({ code, at, note }) => JSON.stringify([code, at, note]);
/** Whether a person has still to look at it; of a turn behind a summary only its doubts count, since it is not printed. */
export const waits = (turn, behind = false) => open(turn).length > 0 || (!behind && (turn.confirmed_by === null || turn.role === null));
export const clean = (text) => text.replace(/\s+/g, ' ').trim();

const ROLE_FLAGS = ['role', 'role-unsure'];
const settle = (flags, me, which = () => true) => flags.map((flag) => (flag.resolved_by === null && which(flag) ? { ...flag, resolved_by: me } : flag));

/** A person has heard it so: its doubts are settled with it. A turn whose part nobody told cannot be confirmed. */
export const confirmed = (turn, me) => (turn.role === null ? turn : { ...turn, confirmed_by: turn.confirmed_by ?? me, flags: settle(turn.flags, me) });
export const unconfirmed = (turn) => (turn.confirmed_by === null ? turn : { ...turn, confirmed_by: null, confirmed_at: null });
/** Other words are machine text no more, and nobody has confirmed them yet. */
export const withText = (turn, text) => (clean(text) === turn.text_final ? turn : unconfirmed({ ...turn, text_final: clean(text) }));
/** Its doubts dealt with, nothing vouched for. */
export const heardOut = (turn, me) => (open(turn).length ? { ...turn, flags: settle(turn.flags, me) } : turn);
export const withRole = (turn, role, me) => ({ ...turn, role, flags: settle(turn.flags, me, (flag) => ROLE_FLAGS.includes(flag.code)) });

/** All doubts dealt with; where they are already, those that are open in the turns `saved`, this person settled: they open again. */
export function settled(turn, me, saved) {
  if (open(turn).length) return { ...turn, flags: settle(turn.flags, me) };
  const wasOpen = new Set(saved.flatMap(open).map(doubt));
  return { ...turn, flags: turn.flags.map((flag) => (wasOpen.has(doubt(flag)) ? { ...flag, resolved_by: null } : flag)) };
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
