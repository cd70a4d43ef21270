// Numbers of a sentence in figures (数字规整): they lie over its text and never change it. Plain values and pure functions. A
// number is [start, end, raw, figures, doubts], its places characters of the text; it counts while the text says `raw` there.

const holds = (text, [start, end, raw]) => text.slice(start, end) === raw;
export const held = (text, numbers) => numbers.filter((number) => holds(text, number));

/** Places as the server counts them, in letters, as places in a string: behind the basic plane a letter takes two. */
export function placed(numbers, text) {
  const letters = [...text];
  if (letters.length === text.length) return numbers;
  const at = (n) => letters.slice(0, n).join('').length;
  return numbers.map(([start, end, ...rest]) => [at(start), at(end), ...rest]);
}

const moved = (numbers, by) => numbers.map(([start, end, ...rest]) => [start + by, end + by, ...rest]);

/** The numbers of `before` that are left in `after`: those before and behind the change. */
export function carried(numbers, before, after) {
  const room = Math.min(before.length, after.length);
  let head = 0, tail = 0;
  while (head < room && before[head] === after[head]) head += 1;
  while (tail < room - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const kept = numbers.filter(([, end]) => end <= head), later = numbers.filter(([start]) => start >= before.length - tail && start >= head);
  return held(after, [...kept, ...moved(later, after.length - before.length)]);
}

/** The numbers of a text cut before character `at`, its second part beginning at `from`. */
export const parted = (numbers, at, from) => [numbers.filter(([, end]) => end <= at), moved(numbers.filter(([start]) => start >= from), -from)];
export const joined = (numbers, others, from) => [...numbers, ...moved(others, from)];

/**
 * What each of `words` shows when its numbers stand in figures: [pieces, first]. A piece is [text, the number it is, or null];
 * a number stands whole in the word in which it begins, and `first` is the place of that word for one that it runs over.
 */
export function inFigures(words, numbers) {
  const starts = new Map(held(words.join(''), numbers).map((number) => [number[0], number]));
  let at = 0, end = 0, owner = -1;
  return words.map((word, n) => {
    const pieces = [], first = at < end ? owner : -1;
    for (const letter of word.split('')) {
      const number = at < end ? null : starts.get(at);
      if (number) { pieces.push([number[3], number]); end = number[1]; owner = n; }
      else if (at >= end && pieces.length && !pieces.at(-1)[1]) pieces.at(-1)[0] += letter;
      else if (at >= end) pieces.push([letter, null]);
      at += 1;
    }
    return [pieces, first];
  });
}

/** Character `place` of the text in figures as a character of the text; a place within a number is the number's start. */
export function rawPlace(text, numbers, place) {
  let shift = 0;
  for (const [start, end, , figures] of held(text, numbers)) {
    if (place <= start + shift) break;
    if (place < start + shift + figures.length) return start;
    shift += figures.length - (end - start);
  }
  return place - shift;
}
