// The sentences of a transcript while a person corrects them: pure values and functions, no page, no network.
// A sentence is never changed in place. `first` and `last` are the ids in the saved version that it came from; words are
// [start, end, text, probability, human]. Times of changed words are this page's estimate until the server has saved
// them: it compares word by word, here the changed middle of a sentence counts as one piece.

import * as numbers from './numbers.js';

const SOUND = /[\p{L}\p{N}]/u;
const TOKEN = /[A-Za-z0-9]+(?:['.\-][A-Za-z0-9]+)*|[\p{L}\p{N}]/gu;
const LATIN = /[A-Za-z0-9]/;

/** Sentences of a saved version, as the page's data block has them; `by` is set where somebody else than `me` vouches. */
export function fromSaved(rows, me) {
  return rows.map((row, id) => {
    const words = bare(row.words.map((word) => word[2]).join('')) === bare(row.text)
      ? recast(row.words, row.text, row.start, row.end) : row.words;
    return {
      first: id, last: id, start: row.start, end: row.end, text: row.text, speaker: row.speaker, role: row.role,
      flags: row.flags.filter((flag) => flag !== 'marked'), resolved: row.resolved,
      marked: row.flags.includes('marked'), confirmed: Boolean(row.confirmed_by), by: row.confirmed_by === me ? null : row.confirmed_by, words,
      suggestions: row.suggestions, numbers: numbers.placed(row.numbers, row.text),
    };
  });
}

export const bare = (text) => text.replace(/\s+/g, '');

/** Flags that nobody has dealt with yet; a person's own mark is one of them. */
export const open = (one) => [...one.flags.filter((flag) => !one.resolved.includes(flag)), ...(one.marked ? ['marked'] : [])];

/** What there is to listen to: open flags, and words that the machine doubted until somebody confirms the sentence. */
export const doubts = (one) => {
  const left = [...open(one), ...(hints(one).length ? ['hotword'] : []), ...(one.confirmed ? [] : [...new Set(numbers.held(one.text, one.numbers).flatMap(([, , , , codes]) => codes))])];
  return left.length || one.confirmed || !one.words.some((word) => !word[4] && word[3] < 0.5) ? left : ['doubtful-words'];
};

/** Hotwords that sound like something in an unconfirmed sentence: [start, end, what it says, the hotword]. */
export const hints = (one) => (one.confirmed ? [] : one.suggestions.filter(([, , said]) => one.text.includes(said)));

/** `text` as words spread evenly over its time, as a person wrote it. */
function spread(text, from, start, end) {
  const tokens = [...text.matchAll(TOKEN)], total = tokens.reduce((sum, token) => sum + token[0].length, 0);
  let done = 0;
  return tokens.map((token) => {
    const begin = start + (end - start) * done / total;
    done += token[0].length;
    return { at: from + token.index, word: [begin, start + (end - start) * done / total, token[0], 1, 1] };
  });
}

const core = (text) => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
export const glued = (text, at, inside) => LATIN.test(text[at] ?? '') && LATIN.test(text[inside] ?? '');

/** The leading words that still stand at the start of `text`: their places, how many, where they stop. */
function leading(words, text) {
  const kept = [];
  let at = 0, n = 0;
  for (; n < words.length; n += 1) {
    const said = core(words[n][2]);
    if (!said) continue;
    let place = at;
    while (place < text.length && !SOUND.test(text[place])) place += 1;
    const stop = place + said.length, follows = n + 1 < words.length && core(words[n + 1][2])[0] === text[stop];
    if (!text.startsWith(said, place) || (glued(text, stop, stop - 1) && !follows)) break;
    kept.push({ at: place, word: words[n] });
    at = stop;
  }
  return { kept, at, n };
}

/** The words at the end of `text` that are left of `words`, from `at` on at the earliest. */
function trailing(words, text, at, n) {
  const kept = [];
  let stop = text.length, m = words.length;
  for (; m > n; m -= 1) {
    const said = core(words[m - 1][2]);
    if (!said) continue;
    let place = stop;
    while (place > at && !SOUND.test(text[place - 1])) place -= 1;
    const begin = place - said.length;
    if (begin < at || text.slice(begin, place) !== said || (kept.length === 0 && glued(text, begin - 1, begin))) break;
    kept.unshift({ at: begin, word: words[m - 1] });
    stop = begin;
  }
  return { kept, stop, m };
}

/** The words of `text` between `start` and `end` where `words` were before: both ends keep their times. */
export function recast(words, text, start, end) {
  const head = leading(words, text), tail = trailing(words, text, head.at, head.n);
  const gone = words.slice(head.n, tail.m);
  const before = head.kept.at(-1)?.word[1] ?? start, after = Math.max(before, tail.kept[0]?.word[0] ?? end);
  const room = gone.length ? [gone[0][0], Math.max(gone[0][0], gone.at(-1)[1])] : [before, after];
  const middle = spread(text.slice(head.at, tail.stop), head.at, ...room);
  const all = [...head.kept, ...middle, ...tail.kept];
  return all.map(({ at, word }, n) => {
    const shown = text.slice(n === 0 ? 0 : at, n + 1 < all.length ? all[n + 1].at : text.length);
    return [word[0], word[1], shown, word[3], word[4]];
  });
}

/** Words divided at character `offset` of what they say; a word on the border shares its time by its characters. */
export function divide(words, offset) {
  const left = [], right = [];
  let at = 0;
  for (const [start, end, text, ...rest] of words) {
    const cut = offset - at;
    if (cut >= text.length) left.push([start, end, text, ...rest]);
    else if (cut <= 0) right.push([start, end, text, ...rest]);
    else {
      const middle = start + (end - start) * cut / text.length;
      left.push([start, middle, text.slice(0, cut), ...rest]);
      right.push([middle, end, text.slice(cut), ...rest]);
    }
    at += text.length;
  }
  return [left, right];
}

// --- acts: each takes sentences and answers new ones, or the same where nothing changes ------------------------------
export const clean = (text) => text.replace(/[\s\u00a0]+/g, ' ').trim();

export function withText(one, text) {
  const now = clean(text);
  return now === one.text ? one : { ...one, text: now, words: recast(one.words, now, one.start, one.end), numbers: numbers.carried(one.numbers, one.text, now), confirmed: false, by: null };
}

/** The first hotword that is suggested, written in the place of what sounds like it. */
export function hinted(one) {
  const [start, end, said, hotword] = hints(one)[0] ?? [];
  if (!said) return one;
  const at = one.text.slice(start, end) === said ? start : one.text.indexOf(said);
  return withText(one, one.text.slice(0, at) + hotword + one.text.slice(at + said.length));
}

/** Confirmed by a person: that settles its doubts as well. */
export const confirmed = (one) =>
  (one.confirmed && !open(one).length ? one : { ...one, confirmed: true, resolved: [...one.flags], marked: false });

export const unconfirmed = (one) => (one.confirmed ? { ...one, confirmed: false, by: null } : one);

/** All flags dealt with, or open again where they all were. */
export function settled(one) {
  if (open(one).length) return { ...one, resolved: [...one.flags], marked: false };
  return one.flags.length ? { ...one, resolved: [] } : one;
}

export const marked = (one) => ({ ...one, marked: !one.marked });
/** Who said it does not touch a confirmation of one's own, but nobody else vouched for that. */
const told = (one) => (one.by ? { ...one, confirmed: false, by: null } : one);
export const withRole = (one, role) => (one.role === role ? one : { ...told(one), role });
export const swapped = (one) => withRole(one, one.role === 'question' ? 'answer' : 'question');
export const withSpeaker = (one, speaker) => (one.speaker === speaker ? one : { ...told(one), speaker });

export function split(one, offset) {
  const [left, right] = divide(one.words, offset);
  const middle = right[0]?.[0] ?? left.at(-1)?.[1] ?? one.end;
  const head = one.text.slice(0, offset).trimEnd(), tail = one.text.slice(offset).trimStart();
  const [before, after] = numbers.parted(one.numbers, offset, one.text.length - tail.length);
  return [
    { ...one, text: head, end: Math.min(left.at(-1)?.[1] ?? middle, one.end), words: left, numbers: before },
    { ...one, text: tail, start: middle, words: right, numbers: after },
  ];
}

export function merged(one, next) {
  const gap = glued(`${one.text}${next.text}`, one.text.length - 1, one.text.length) ? ' ' : '';
  const words = one.words.map((word, n) => (gap && n === one.words.length - 1 ? [word[0], word[1], word[2] + gap, word[3], word[4]] : word));
  const flags = [...new Set([...one.flags, ...next.flags])], left = new Set([...open(one), ...open(next)]);
  return {
    ...one, last: Math.max(one.last, next.last), first: Math.min(one.first, next.first), end: Math.max(one.end, next.end),
    text: one.text + gap + next.text, words: [...words, ...next.words], suggestions: [...one.suggestions, ...next.suggestions],
    numbers: numbers.joined(one.numbers, next.numbers, one.text.length + gap.length), flags, resolved: flags.filter((flag) => !left.has(flag)),
    marked: one.marked || next.marked, confirmed: one.confirmed && next.confirmed, by: one.confirmed && next.confirmed ? one.by : null,
  };
}

// --- what goes to the server, and what comes back from a draft -------------------------------------------------------
/** What changed against the saved version, as the interface takes it. */
export function edits(saved, sentences) {
  const found = [];
  for (const one of sentences) {
    const run = found.at(-1);
    if (run && one.first <= run.last) { run.last = Math.max(run.last, one.last); run.all.push(one); }
    else if (saved[one.first] !== one) found.push({ first: one.first, last: one.last, all: [one] });
  }
  return found.map(({ first, last, all }) => ({
    first, last, sentences: all.map(({ text, speaker, role, resolved, marked, confirmed }) => ({ text, speaker, role, resolved, marked, confirmed })),
  }));
}

/** The saved version with edits in it; an edit that does not fit is left out and counted. */
export function applied(saved, list) {
  const found = [];
  let at = 0;
  for (const { first, last, sentences } of list) {
    found.push(...saved.slice(at, first), ...placed(saved.slice(first, last + 1), sentences));
    at = last + 1;
  }
  return [...found, ...saved.slice(at)];
}

function placed(run, sentences) {
  let rest = run.slice(1).reduce(merged, run[0]);
  const text = sentences.map((one) => one.text).join('');
  rest = { ...rest, words: recast(rest.words, text, rest.start, rest.end), numbers: numbers.carried(rest.numbers, rest.text, text), text };
  const found = [];
  for (const [n, one] of sentences.entries()) {
    let piece = rest;
    if (n < sentences.length - 1) [piece, rest] = split(rest, one.text.length);
    found.push({ ...piece, ...one, by: null });
  }
  return found;
}

/** How a sentence of before a save looks after it: `kept` are the sentences as saved, `saved` what the server made of them. */
export function rebased(kept, saved) {
  const place = new Map(kept.map((one, n) => [one, n])), known = new Map();
  return (one) => {
    if (place.has(one)) return saved[place.get(one)];
    if (!known.has(one)) {
      const first = kept.findIndex((other) => other.last >= one.first), last = kept.findLastIndex((other) => other.first <= one.last);
      known.set(one, { ...one, first, last: Math.max(first, last) });
    }
    return known.get(one);
  };
}
