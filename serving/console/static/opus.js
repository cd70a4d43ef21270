// Samples to Opus packets of 20 ms, by the browser's own encoder (WebCodecs); knows no session and no page.
/** Opus counts at 48 kHz, whatever the microphone does: 960 samples a packet. */
export const OPUS_RATE = 48000, PACKET_SAMPLES = 960;
/** Packets that a decoder which begins in the middle hears first: 80 ms (RFC 7845, 4.6). */
export const LEAD_SAMPLES = 4 * PACKET_SAMPLES;
/** Speech is clear at this; an eighth of PCM at 16 kHz. Every pause is sent: a recording has no holes. */
const CONFIG = { codec: 'opus', sampleRate: OPUS_RATE, numberOfChannels: 1, bitrate: 32000, opus: { frameDuration: 20000, usedtx: false } };

/** Whether this browser can. */
export async function canEncode() {
  try { return (await AudioEncoder.isConfigSupported(CONFIG)).supported; } catch { return false; }
}

export class Encoder {
  /** `give` gets each packet, a Uint8Array; `fail` is called when the encoder broke. */
  constructor(give, fail) {
    this.taken = 0;
    const output = (chunk) => { const bytes = new Uint8Array(chunk.byteLength); chunk.copyTo(bytes); give(bytes); };
    this.inner = new AudioEncoder({ output, error: fail });
    this.inner.configure(CONFIG);
  }

  /** Take samples (Int16Array, 48 kHz). */
  push(samples) {
    const timestamp = Math.round(this.taken / OPUS_RATE * 1e6);
    this.inner.encode(new AudioData({ format: 's16', sampleRate: OPUS_RATE, numberOfFrames: samples.length, numberOfChannels: 1, timestamp, data: samples }));
    this.taken += samples.length;
  }

  /** Give what is left, filled up with silence. */
  async flush() {
    if (this.inner.state !== 'configured') return;
    await this.inner.flush();
    this.inner.close();
  }
}
