// Live dictation: a session is begun, spoken into, and kept; what the server has not put on its disk stays here.
import { $, $$, api, clock, data, reason, shortcuts, t } from './page.js';
import { Link } from './link.js';
import { showLine } from './lines.js';
import { Microphone } from './microphone.js';
import { canEncode, Encoder, LEAD_SAMPLES, OPUS_RATE, PACKET_SAMPLES } from './opus.js';
import { Ring } from './ring.js';

const RATE = 16000;
/** As long as the server keeps a session that nobody takes up again: half an hour, 58 MB of memory at 16 kHz. */
const KEPT_S = 1800;
const LOW_DB = -50, LOW_S = 8, FLOOR_DB = -60;
const remembered = `anjuan.live.${data.case}`, frugal = 'anjuan.live.opus';
const place = $('#live'), trouble = $('#trouble'), mute = $('#mute');
let microphone = null, link = null, ring = null, encoder = null, rate = RATE, safe = 0, quietSince = 0, muted = false, encodes = false;

const phase = (name) => { place.dataset.phase = name; for (const one of $$('[data-in]')) one.hidden = !one.dataset.in.split(' ').includes(name); };
const now = () => place.dataset.phase;
const tellTrouble = (text) => { trouble.textContent = text; trouble.hidden = !text; };
const remember = (id) => { try { if (id) localStorage.setItem(remembered, id); else localStorage.removeItem(remembered); } catch { /* private mode: a reload begins anew */ } };

// --- what is shown ---------------------------------------------------------------------------------------------------
function showClock() {
  $('#clock').textContent = clock(ring.next / rate);
  $('#safe').textContent = t('live.safe', { at: clock(safe / rate) });
  const behind = Math.round((ring.next - safe) / rate);
  $('#behind').textContent = behind > 2 ? t('live.behind', { n: behind }) : '';
}

function showLevel(samples) {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const level = 20 * Math.log10(Math.max(1, peak) / 32767), part = Math.max(0, 1 - level / FLOOR_DB);
  $('#level i').style.width = `${Math.round(part * 100)}%`;
  $('#level').setAttribute('aria-valuenow', Math.round(level));
  $('#level').classList.toggle('over', peak >= 32700);
  if (level > LOW_DB || muted) quietSince = Date.now();
  $('#too-quiet').hidden = Date.now() - quietSince < LOW_S * 1000;
}

function showLink(state) {
  const box = $('#link');
  box.textContent = { open: t('live.open'), lost: t('live.lost'), 'signed-out': t('live.signed_out'), 'taken-over': t('live.taken_over'), gone: t('live.gone') }[state] ?? '';
  box.dataset.state = state;
  if (state === 'taken-over' || state === 'gone') { letGo(); phase('away'); }
}

// --- the session -----------------------------------------------------------------------------------------------------
function told(what, value) {
  if (what === 'safe') safe = Math.max(safe, value);
  else if (what === 'link') showLink(value);
  else if (what === 'over') over(value);
  else {
    showLine(value);
    if (value.type === 'slow') $('#slow').textContent = value.behind_s ? t('live.slow', { n: value.behind_s }) : '';
    if (value.type === 'error' && value.code !== 'live.gap') tellTrouble(reason(0, value));
    if (value.type === 'state' && value.state === 'closing' && now() === 'on') { letGo(); phase('closing'); }
  }
  if (ring) showClock();
}

function heard(samples) {
  if (!microphone) return;
  showLevel(samples);
  if (muted) samples.fill(0);
  if (encoder) encoder.push(samples); else take(samples);
}

/** A piece that is ready to be sent: samples, or a packet of so many. */
function take(piece, count = piece.length) {
  if (!ring.push(piece, count)) { breakOff(t('live.full')); return; }
  link.pump();
  showClock();
}

/** Nothing can be recorded any more: what was is sent and kept. */
function breakOff(why) {
  if (now() !== 'on') return;
  tellTrouble(why);
  letGo();
  phase('closing');
  link.end();
}

async function openMicrophone(wanted) {
  try {
    microphone = await Microphone.open(wanted);
  } catch (error) {
    tellTrouble({ insecure: t('live.insecure'), denied: t('live.denied'), missing: t('live.missing'), busy: t('live.busy') }[error.code] ?? t('live.failed'));
    return false;
  }
  $('#device').textContent = microphone.name;
  microphone.onGone = () => tellTrouble(t('live.unplugged'));
  return true;
}

function letGo() {
  microphone?.release();
  microphone = null;
}

function run(session, ticket) {
  rate = session.rate;
  // Only this page's own wish makes sessions of this rate; a browser that cannot sends samples all the same.
  const opus = rate === OPUS_RATE && encodes;
  ring = new Ring(session.next, KEPT_S * rate, opus ? { whole: true, lead: LEAD_SAMPLES } : {});
  encoder = opus ? new Encoder((packet) => take(packet, PACKET_SAMPLES), () => breakOff(t('live.encoder'))) : null;
  safe = session.next;
  quietSince = Date.now();
  link = new Link(session.id, ring, told);
  link.open(ticket);
  remember(session.id);
  microphone.onSound = heard;
  setMuted(false);
  showClock();
  phase('on');
  stayAwake();
}

/** A machine that falls asleep records nothing. Where the browser does not have this, its settings must do. */
function stayAwake() {
  if (now() === 'on') navigator.wakeLock?.request('screen').catch(() => {});
}

async function start() {
  if (now() !== 'ready') return;
  phase('opening');
  tellTrouble('');
  const opus = encodes && $('#opus').checked, wish = opus ? OPUS_RATE : RATE;
  keepWish(opus);
  if (!await openMicrophone(wish)) { phase('ready'); return; }
  const hotwords = $('#hotwords').value.split(/[\n,，、;；]/).map((word) => word.trim()).filter(Boolean);
  const wanted = { rate: wish, language: $('#language').value || null, ...(hotwords.length ? { hotwords } : {}), title: $('#title').value.trim() || null };
  try {
    const begun = await api('POST', `/api/v1/cases/${data.case}/live`, wanted);
    run(begun, begun.ticket);
  } catch (error) { letGo(); tellTrouble(error.message); phase('ready'); }
}

function setMuted(value) {
  muted = value;
  mute.setAttribute('aria-pressed', String(value));
  mute.firstElementChild.textContent = value ? t('live.unmute') : t('live.mute');
  place.classList.toggle('muted', value);
}

async function stop() {
  if (now() !== 'on') return;
  phase('closing');
  await microphone?.stop();
  microphone = null;
  await encoder?.flush();
  link.end();
}

function over(shown) {
  letGo();
  remember(null);
  showLink('');
  $('#open-record').href = `/records/${shown.record}`;
  phase(shown.record ? 'ended' : 'empty');
  if (shown.record) $('#open-record').focus();
}

// --- a session that was left open -------------------------------------------------------------------------------------
async function findLeft() {
  let id = null;
  try { id = localStorage.getItem(remembered); } catch { /* as in remember */ }
  if (!id) { phase('ready'); return; }
  try {
    const left = await api('GET', `/api/v1/live/${id}`);
    if (['ended', 'empty'].includes(left.state)) { over(left); return; }
    $('#left-what').textContent = t('live.left', { title: left.title, at: clock(left.seconds) });
    place.dataset.left = JSON.stringify({ id, rate: left.rate });
    phase('left');
  } catch { remember(null); phase('ready'); }
}

async function takeUp() {
  const left = JSON.parse(place.dataset.left);
  tellTrouble('');
  if (!await openMicrophone(left.rate)) return;
  try {
    const ticket = await api('POST', `/api/v1/live/${left.id}/tickets`);
    run(await api('GET', `/api/v1/live/${left.id}`), ticket);
  } catch (error) { letGo(); tellTrouble(error.message); }
}

async function endLeft() {
  const { id } = JSON.parse(place.dataset.left);
  phase('closing');
  try { over(await api('POST', `/api/v1/live/${id}/end`)); } catch (error) { tellTrouble(error.message); phase('left'); }
}

// --- sound in less room -----------------------------------------------------------------------------------------------
const keepWish = (value) => { try { localStorage.setItem(frugal, value ? '1' : ''); } catch { /* as in remember */ } };
async function offerOpus() {
  encodes = await canEncode();
  $('#opus-wish').hidden = !encodes;
  try { $('#opus').checked = Boolean(localStorage.getItem(frugal)); } catch { /* as in remember */ }
}

document.addEventListener('visibilitychange', () => { if (!document.hidden) stayAwake(); });
const askEnd = () => { if (now() === 'on') $('#end-sure').showModal(); };
$('#start').addEventListener('click', start);
mute.addEventListener('click', () => setMuted(!muted));
$('#end').addEventListener('click', askEnd);
$('#end-yes').addEventListener('click', () => { $('#end-sure').close(); stop(); });
$('#take-up').addEventListener('click', takeUp);
$('#end-left').addEventListener('click', endLeft);
window.addEventListener('beforeunload', (event) => { if (['on', 'closing'].includes(now())) event.preventDefault(); });
// Space only begins: a hand that falls on the keyboard must not stop a recording.
shortcuts({
  ' ': () => { if (now() === 'ready') start(); },
  m: () => { if (now() === 'on') setMuted(!muted); },
  e: askEnd,
});
await offerOpus();
findLeft();
