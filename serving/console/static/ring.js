// Sound that is not known to be on the server's disk yet, by the number of its samples; pure, knows no socket.
export class Ring {
  /** Empty, the next sample being number `first`; holds `most` samples at most. */
  constructor(first, most) {
    this.first = first;
    this.next = first;
    this.most = most;
    this.pieces = [];
  }

  get kept() { return this.next - this.first; }

  /** Take a piece; false, and nothing taken, when there is no room: sound is never lost in silence. */
  push(samples) {
    if (this.kept + samples.length > this.most) return false;
    this.pieces.push({ first: this.next, samples });
    this.next += samples.length;
    return true;
  }

  /** Forget whole pieces before sample number `before`. */
  drop(before) {
    let gone = 0;
    while (gone < this.pieces.length && this.pieces[gone].first + this.pieces[gone].samples.length <= before) gone += 1;
    if (!gone) return;
    this.pieces.splice(0, gone);
    this.first = this.pieces[0]?.first ?? this.next;
  }

  /** The rest of the piece that holds sample number `at`, as {first, samples}; null where there is none. */
  from(at) {
    if (at < this.first || at >= this.next) return null;
    let low = 0, high = this.pieces.length - 1;
    while (low < high) { const mid = (low + high + 1) >> 1; if (this.pieces[mid].first <= at) low = mid; else high = mid - 1; }
    const { first, samples } = this.pieces[low];
    return { first: at, samples: samples.subarray(at - first) };
  }
}

/** A binary message of docs/live.md: the number of the first sample, most significant byte first, and the samples. */
export function frame({ first, samples }) {
  const bytes = new DataView(new ArrayBuffer(8 + 2 * samples.length));
  bytes.setBigUint64(0, BigInt(first));
  samples.forEach((sample, n) => bytes.setInt16(8 + 2 * n, sample, true));
  return bytes.buffer;
}
