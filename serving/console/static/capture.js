// In the audio thread: what the microphone hears as 16-bit samples, 40 ms at a time: text waits for a whole piece. A
// microphone that is gone leaves silence, so that a second of the recording stays a second of the day.
const PIECES_PER_S = 25;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(Math.round(sampleRate / PIECES_PER_S));
    this.filled = 0;
    this.open = true;
    // Any message means: give what is left and stop.
    this.port.onmessage = () => { this.give(); this.open = false; this.port.postMessage(null); };
  }

  give() {
    const said = this.piece.slice(0, this.filled);
    this.filled = 0;
    if (said.length) this.port.postMessage(said, [said.buffer]);
  }

  process([input], [output]) {
    if (!this.open) return false;
    const sound = input[0], length = sound?.length ?? output[0].length;
    for (let n = 0; n < length; n += 1) {
      const value = sound ? Math.max(-1, Math.min(1, sound[n])) : 0;
      this.piece[this.filled] = Math.round(value * 32767);
      this.filled += 1;
      if (this.filled === this.piece.length) this.give();
    }
    return true;
  }
}

registerProcessor('capture', Capture);
