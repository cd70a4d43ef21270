// Sound that is not known to be on the server's disk yet, by the number of its samples; pure, knows no socket.
/** `whole`: pieces are Opus packets, which nobody can cut; and the last `lead` samples before what is still to be sent are
 *  kept and sent again, from which a new decoder learns. */
export class Ring {
  /** Empty, the next sample being number `first`; holds `most` samples at most. */
  constructor(first, most, { whole = false, lead = 0 } = {}) {
    Object.assign(this, { first, next: first, most, whole, lead, pieces: [] });
  }

  get kept() { return this.next - this.first; }

  /** Take a piece of so many samples; false, and nothing taken, when there is no room: sound is never lost in silence. */
  push(data, count = data.length) {
    if (this.kept + count > this.most) return false;
    this.pieces.push({ first: this.next, count, data });
    this.next += count;
    return true;
  }

  /** Forget whole pieces before sample number `before`, the lead kept. */
  drop(before) {
    let gone = 0;
    while (gone < this.pieces.length && this.pieces[gone].first + this.pieces[gone].count <= before - this.lead) gone += 1;
    if (!gone) return;
    this.pieces.splice(0, gone);
    this.first = this.pieces[0]?.first ?? this.next;
  }

  /** Where to go on for a server that expects sample number `next`. */
  start(next) { return Math.max(this.first, next - this.lead); }

  /** The rest of the piece that holds sample number `at`, or the whole of it, as {first, count, data}; else null. */
  from(at) {
    if (at < this.first || at >= this.next) return null;
    let low = 0, high = this.pieces.length - 1;
    while (low < high) { const mid = (low + high + 1) >> 1; if (this.pieces[mid].first <= at) low = mid; else high = mid - 1; }
    const piece = this.pieces[low], before = this.whole ? 0 : at - piece.first;
    return before ? { first: at, count: piece.count - before, data: piece.data.subarray(before) } : piece;
  }
}

/** A binary message of docs/live.md: the number of the first sample, most significant byte first, and samples or packet. */
export function frame({ first, data }) {
  const bytes = new DataView(new ArrayBuffer(8 + data.byteLength));
  bytes.setBigUint64(0, BigInt(first));
  if (data instanceof Uint8Array) new Uint8Array(bytes.buffer, 8).set(data);
  else data.forEach((sample, n) => bytes.setInt16(8 + 2 * n, sample, true));
  return bytes.buffer;
}
