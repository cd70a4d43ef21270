// The words of the transcript that a 笔录 is made from, by sentence: they tell at which second a turn is cut. Asked for when
// somebody begins to write, since a long recording has tens of thousands; without them a sentence is spread evenly.
import { api } from './page.js';

let words = new Map(), asked = null;

export const wordsOf = (segment) => words.get(segment) ?? null;

/** Once for a page; `record` is the transcript, null where the 笔录 has none. */
export function load(record, version) {
  asked ??= record ? fetched(`/api/v1/records/${record}${version ? `?version=${version}` : ''}`) : Promise.resolve();
  return asked;
}

async function fetched(path) {
  try {
    const { segments } = await api('GET', path);
    words = new Map(segments.map((one) => [one.id, one.words.map((word) => [word.start, word.end, word.text, word.probability, word.human ? 1 : 0])]));
  } catch { asked = null; }
}
