// How a person divides a 笔录 into turns: joined, cut in two, summed up and taken apart again, each refused with what to do
// instead. It knows which turns are chosen; what happens to them is in dividing.js.
import { t, toast } from './page.js';
import { caretAt, divided, dissolved, behind, isSummary, joined, summarised } from './dividing.js';
import { load, wordsOf } from './words.js';

/**
 * `page` answers may(), settle(), body(), here(), stretch() (first and last of the chosen turns, or null), nearest(direction),
 * become(body), go(place), write(place, caret) and me.
 */
export function shaping(page) {
  const { me, become } = page;
  const words = () => load(page.body().transcript, page.body().provenance.parameters.transcript_version);

  /** The turn at `place` with the one behind it; who was writing goes on where they meet. */
  function joinAt(place, writing = false) {
    const body = page.body(), tail = body.turns[place + 1]?.text_final;
    if (place < 0 || tail === undefined) { toast(t('conversation.nothing_there')); return; }
    const both = joined(body, place, me);
    if (!both) { toast(t('conversation.no_join')); return; }
    become(both);
    if (writing) page.write(place, both.turns[place].text_final.length - tail.length); else page.go(place);
  }

  /** All turns of the stretch one turn; without a stretch, with the one before or behind. */
  function join(direction) {
    if (!page.may()) return;
    page.settle();
    const stretch = page.stretch();
    if (!stretch) { joinAt(direction < 0 ? page.nearest(-1) : page.here()); return; }
    let body = page.body();
    for (let n = stretch[0]; n < stretch[1] && body; n += 1) body = joined(body, stretch[0], me);
    if (!body) { toast(t('conversation.no_join')); return; }
    become(body);
    page.go(stretch[0]);
  }

  /** The turn that we are at in two; its words tell at which second, so they are waited for. */
  async function divide(caret, after = page.go) {
    const turn = page.body().turns[page.here()];
    await words();
    const place = page.body().turns.indexOf(turn);
    if (place < 0) return;
    const body = divided(page.body(), place, typeof caret === 'function' ? caret(turn) : caret, { me, wordsOf });
    if (!body) { toast(isSummary(turn) ? t('conversation.no_split_summary') : t('conversation.no_split')); return; }
    become(body);
    after(place + 1);
  }

  function divideAt(second) {
    if (!page.may()) return;
    page.settle();
    divide((turn) => caretAt(turn, second, wordsOf));
  }

  function sumUp() {
    if (!page.may()) return;
    page.settle();
    const stretch = page.stretch(), before = page.body();
    if (!stretch) { toast(t('conversation.no_stretch')); return; }
    const body = summarised(before, ...stretch), known = new Set(before.turns.map((turn) => turn.id));
    if (!body) { toast(t('conversation.no_summary')); return; }
    become(body);
    page.write(body.turns.findIndex((turn) => !known.has(turn.id)));
  }

  /** The summary that we are at, or in, taken back. */
  function takeApart() {
    if (!page.may()) return;
    page.settle();
    const { turns } = page.body(), sum = behind(turns).get(turns[page.here()]?.id);
    const place = sum ? turns.findIndex((turn) => turn.id === sum) : page.here(), body = dissolved(page.body(), place);
    if (!body) { toast(t('conversation.no_summary_here')); return; }
    become(body);
    page.go(place);
  }

  return { words, joinAt, join, divide, divideAt, sumUp, takeApart };
}
