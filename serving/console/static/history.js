// Undo and redo of changes to a list: each step keeps only what it took out and what it put in. Pure, no page.

/** Steps kept; a step holds the sentences it touched, about a kilobyte, so a working day stays under 10 MB. */
const STEPS_MOST = 10_000;

export class History {
  #done = [];
  #undone = [];

  /** Note that `after` took the place of `before` from index `at` on; whoever does something new cannot redo. */
  push(step) {
    this.#done.push(step);
    if (this.#done.length > STEPS_MOST) this.#done.shift();
    this.#undone = [];
  }

  /** The step that takes the last one back, or null; the caller applies it. */
  undo() {
    const step = this.#done.pop();
    if (!step) return null;
    this.#undone.push(step);
    return { at: step.at, before: step.after, after: step.before };
  }

  redo() {
    const step = this.#undone.pop();
    if (!step) return null;
    this.#done.push(step);
    return step;
  }

  get canUndo() { return this.#done.length > 0; }
  get canRedo() { return this.#undone.length > 0; }

  clear() { this.#done = []; this.#undone = []; }

  /** Every item of every step replaced: after a save the same sentences have other ids. */
  map(change) {
    const step = ({ at, before, after }) => ({ at, before: before.map(change), after: after.map(change) });
    this.#done = this.#done.map(step);
    this.#undone = this.#undone.map(step);
  }
}
