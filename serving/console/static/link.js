// The line to a live session (docs/live.md): sends what the ring holds, connects again after a drop, ends the session.
import { csrf } from './page.js';
import { frame } from './ring.js';

const WAITS_MS = [300, 1000, 2000, 5000];
/** Sound that was sent and not acknowledged for so long: the line is dead, whatever the socket says. */
const DEAD_MS = 8000;
/** Bytes that may wait in the socket; the rest waits in the ring, where it is counted. */
const WAITING_BYTES = 256 * 1024;
const LOOK_MS = 500;
const TAKEN_OVER = 4409;

let token = csrf;
/** Ask the JSON API without leaving the page: unlike `api`, a session that is over is no reason to lose sound. */
async function ask(method, path) {
  const answer = await fetch(path, { method, credentials: 'same-origin', cache: 'no-store', headers: { 'x-csrf-token': token } });
  if (answer.status === 403) await renewToken();
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
  return answer.json();
}

/** Who signed in again in another tab has another token, which the page itself shows. */
async function renewToken() {
  const page = await fetch(location.pathname, { credentials: 'same-origin', cache: 'no-store' });
  const found = new DOMParser().parseFromString(await page.text(), 'text/html').querySelector('meta[name=csrf-token]');
  token = found?.content || token;
}

export class Link {
  /** `tell(what, value)`: event, link (open, lost, signed-out, taken-over, gone), safe (samples), over (the session). */
  constructor(session, ring, tell) {
    Object.assign(this, { session, ring, tell, after: 0, sent: ring.first, safe: ring.first, ready: false, takes: false, ending: false, endSent: false, closed: false, tries: 0, heard: 0 });
    this.watch = setInterval(() => this.look(), LOOK_MS);
    this.online = () => this.again(0);
    window.addEventListener('online', this.online);
  }

  open({ ticket, socket }) {
    const address = new URL(socket, location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const line = new WebSocket(address, ['anjuan.live.v1', `ticket.${ticket}`]);
    this.line = line;
    this.ready = this.endSent = false;
    this.heard = Date.now();
    line.onopen = () => line.send(JSON.stringify({ type: 'hello', after: this.after, codec: this.ring.whole ? 'opus' : 'pcm' }));
    line.onmessage = ({ data }) => { if (line === this.line) this.hear(JSON.parse(data)); };
    line.onclose = ({ code }) => { if (line === this.line) this.dropped(code); };
  }

  hear(event) {
    this.heard = Date.now();
    this.after = Math.max(this.after, event.event ?? 0);
    if (event.type === 'state') { this.takes = event.state === 'open'; this.begin(event); }
    if (event.type === 'ack') this.acknowledged(event.next);
    if (event.code === 'live.gap') this.sent = this.ring.start(event.next);
    this.tell('event', event);
    if (['ended', 'empty'].includes(event.state)) this.finish(event);
    this.pump();
  }

  acknowledged(next) {
    // Only sound that came further counts: a server whose disk is full takes the line and nothing else.
    if (next > this.safe) this.tries = 0;
    this.safe = Math.max(this.safe, next);
    this.ring.drop(next);
    this.tell('safe', next);
  }

  begin({ next }) {
    if (this.ready) return;
    this.ready = true;
    // What the server has need not be sent again, though it is kept until it is on the disk.
    this.sent = this.ring.start(next);
    this.tell('link', 'open');
  }

  /** Send what there is; call after each piece that the ring took. */
  pump() {
    if (!this.ready || !this.takes || this.line.readyState !== WebSocket.OPEN) return;
    while (this.line.bufferedAmount < WAITING_BYTES) {
      const piece = this.ring.from(this.sent);
      if (!piece) break;
      this.line.send(frame(piece));
      this.sent = piece.first + piece.count;
    }
    if (this.ending && !this.endSent && this.sent >= this.ring.next) {
      this.line.send(JSON.stringify({ type: 'end' }));
      this.endSent = true;
    }
  }

  /** All sound is in the ring: have the session kept once it has been sent. */
  end() { this.ending = true; this.pump(); }

  look() {
    this.pump();
    const waits = !this.ready || (this.takes && this.safe < this.sent && !this.endSent);
    if (this.line && waits && Date.now() - this.heard > DEAD_MS) { const dead = this.line; this.dropped(0); dead.close(); }
  }

  dropped(code) {
    this.line = null;
    this.ready = false;
    if (this.closed) return;
    if (code === TAKEN_OVER) { this.close(); this.tell('link', 'taken-over'); return; }
    this.tell('link', 'lost');
    this.again(WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)]);
  }

  again(wait) {
    clearTimeout(this.timer);
    if (!this.closed && !this.line) this.timer = setTimeout(() => this.connect(), wait);
  }

  async connect() {
    this.tries += 1;
    const path = `/api/v1/live/${this.session}`, wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
    try {
      const shown = await ask('GET', path);
      if (['ended', 'empty'].includes(shown.state)) { this.finish(shown); return; }
      const ticket = await ask('POST', `${path}/tickets`);
      if (!this.line && !this.closed) this.open(ticket);
    } catch (error) {
      if (error.status === 404) { this.close(); this.tell('link', 'gone'); return; }
      if (error.status === 401) this.tell('link', 'signed-out');
      this.again(wait);
    }
  }

  finish(shown) { this.close(); this.tell('over', shown); }

  close() {
    this.closed = true;
    clearInterval(this.watch);
    clearTimeout(this.timer);
    window.removeEventListener('online', this.online);
    this.line?.close();
  }
}
