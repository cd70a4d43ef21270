// One's own voiceprint: agreed to, read aloud or sent, deleted. The sound goes to the server once and is kept nowhere.
import { $, $$, api, clock, data, reason, t, toast } from './page.js';
import { Microphone } from './microphone.js';

const RATE = 16000, LEAST_S = 20, MOST_S = 60;
const agree = $('#agree'), record = $('#record'), choose = $('#choose'), sound = $('#sound'), trouble = $('#trouble');
let microphone = null, pieces = [], taken = 0, busy = false;

const tellTrouble = (text) => { trouble.textContent = text; trouble.hidden = !text; };
const seconds = () => taken / RATE;

function show() {
  const running = microphone !== null;
  record.disabled = busy || !agree.checked || (running && seconds() < LEAST_S);
  record.textContent = running ? t('voice.stop') : t('voice.record');
  choose.disabled = busy || running || !agree.checked;
  agree.disabled = busy || running;
  $('#clock').textContent = busy ? t('voice.listening') : running ? t('voice.running', { at: clock(seconds()), least: LEAST_S, most: MOST_S }) : '';
}

/** 16-bit mono samples as a WAV file. */
function wav() {
  const bytes = taken * 2, head = new DataView(new ArrayBuffer(44));
  const text = (at, word) => [...word].forEach((letter, n) => head.setUint8(at + n, letter.charCodeAt(0)));
  text(0, 'RIFF'); head.setUint32(4, 36 + bytes, true); text(8, 'WAVEfmt ');
  head.setUint32(16, 16, true); head.setUint16(20, 1, true); head.setUint16(22, 1, true);
  head.setUint32(24, RATE, true); head.setUint32(28, RATE * 2, true); head.setUint16(32, 2, true); head.setUint16(34, 16, true);
  text(36, 'data'); head.setUint32(40, bytes, true);
  return new Blob([head, ...pieces], { type: 'audio/wav' });
}

async function send(body) {
  busy = true;
  tellTrouble('');
  show();
  const csrf = $('meta[name=csrf-token]').content;
  try {
    const answer = await fetch(`/api/v1/voiceprints/me?consent=${encodeURIComponent(data.consent)}`, { method: 'PUT', credentials: 'same-origin', headers: { 'X-CSRF-Token': csrf, 'content-type': 'application/octet-stream' }, body });
    if (answer.ok) { location.reload(); return; }
    tellTrouble(reason(answer.status, await answer.json().catch(() => null)));
  } catch { tellTrouble(t('error.network')); }
  busy = false;
  show();
}

function heard(samples) {
  if (!microphone) return;
  pieces.push(samples);
  taken += samples.length;
  show();
  if (seconds() >= MOST_S) finish();
}

async function begin() {
  tellTrouble('');
  pieces = [];
  taken = 0;
  // Until the browser has asked for leave: a second click would open a second microphone that nobody lets go.
  for (const choice of [record, choose, agree]) choice.disabled = true;
  try {
    microphone = await Microphone.open(RATE);
  } catch (error) {
    show();
    tellTrouble({ insecure: t('live.insecure'), denied: t('live.denied'), missing: t('live.missing'), busy: t('live.busy') }[error.code] ?? t('live.failed'));
    return;
  }
  microphone.onSound = heard;
  show();
}

async function finish() {
  const used = microphone;
  microphone = null;
  used.release();
  await send(wav());
  pieces = [];
}

agree.addEventListener('change', show);
record.addEventListener('click', () => (microphone ? finish() : begin()));
choose.addEventListener('click', () => sound.click());
sound.addEventListener('change', () => { if (sound.files[0]) send(sound.files[0]); sound.value = ''; });
for (const button of $$('[data-delete]')) {
  button.addEventListener('click', () => {
    $('#sure').dataset.account = button.dataset.delete;
    $('#sure-name').textContent = button.dataset.name;
    $('#sure').showModal();
  });
}
$('#sure-yes').addEventListener('click', async () => {
  $('#sure').close();
  try {
    await api('DELETE', `/api/v1/voiceprints/${$('#sure').dataset.account}`);
    location.reload();
  } catch (error) { toast(error.message); }
});
window.addEventListener('beforeunload', (event) => { if (microphone) event.preventDefault(); });
show();
