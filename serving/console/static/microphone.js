// The microphone as pieces of 16-bit mono samples; knows no session and no page. What goes wrong is told by a code.
const CODES = { NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing', NotReadableError: 'busy', AbortError: 'busy' };
/** Evidence: nothing is taken out of the sound. The gain alone may follow, as any recorder's does. */
const SOUND = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };
const FLUSH_MS = 500;

const fault = (code) => Object.assign(new Error(code), { code });

export class Microphone {
  /** Opened at `rate` Hz; rejects with an Error whose `code` is insecure, denied, missing, busy or failed. */
  static async open(rate) {
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw fault('insecure');
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
    } catch (error) { throw fault(CODES[error.name] ?? 'failed'); }
    const microphone = new Microphone(stream);
    try {
      await microphone.wire(rate);
    } catch {
      microphone.release();
      throw fault('failed');
    }
    return microphone;
  }

  constructor(stream) {
    this.stream = stream;
    this.track = stream.getAudioTracks()[0];
    /** Called with each piece, an Int16Array of its own. */
    this.onSound = () => {};
    /** Called when the device is gone. */
    this.onGone = () => {};
    this.track.addEventListener('ended', () => this.onGone());
  }

  get name() { return this.track.label; }

  async wire(rate) {
    this.context = new AudioContext({ sampleRate: rate, latencyHint: 'balanced' });
    await this.context.audioWorklet.addModule('/static/capture.js');
    this.node = new AudioWorkletNode(this.context, 'capture', { channelCount: 1, channelCountMode: 'explicit' });
    this.node.port.onmessage = ({ data }) => { if (data) this.onSound(data); else this.flushed?.(); };
    this.context.createMediaStreamSource(this.stream).connect(this.node);
    // A node that leads nowhere is not asked for sound; this one plays none.
    this.node.connect(this.context.destination);
    await this.context.resume();
  }

  /** Give the last samples, then let the device go. */
  async stop() {
    const flushed = new Promise((done) => { this.flushed = done; setTimeout(done, FLUSH_MS); });
    this.node.port.postMessage('stop');
    await flushed;
    this.release();
  }

  release() {
    for (const track of this.stream.getTracks()) track.stop();
    this.context?.close().catch(() => {});
  }
}
