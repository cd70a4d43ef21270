// What is not saved yet, whatever it is a draft of: kept in this browser after each change, offered as a file, and what is
// shown of it and of a conflict with somebody else's version. It knows no sentence and no turn.
import { $, api, data, saveFile, showTimes, t } from './page.js';
import * as drafts from './drafts.js';

const PAUSE_MS = 400;
const key = `${data.account}/${data.record}`;
export const place = `/api/v1/records/${data.record}`;
const time = (at) => at.toLocaleTimeString('sv-SE');

/** Follows the changes of a record: `content()` is what there is to keep, null where the server has it all; `tell()` shows it. */
export class Draft {
  #timer = 0;

  constructor(content, tell) {
    /** When all of it was kept; null while some is not. */
    this.kept = null;
    this.failed = false;
    Object.assign(this, { content, tell });
    addEventListener('beforeunload', (event) => { if ((this.#timer || this.failed) && content()) event.preventDefault(); });
    addEventListener('pagehide', () => { if (this.#timer) this.keep(); });
  }

  async keep() {
    this.#stop();
    const value = this.content();
    try {
      if (value) await drafts.keep(key, { ...value, at: Date.now() }); else await drafts.drop(key);
      // What changed meanwhile is kept next.
      this.kept = value && !this.#timer ? new Date() : null;
      this.failed = false;
    } catch { this.failed = true; }
    this.tell();
  }

  changed() {
    if (!data.may_write) return;
    this.kept = null;
    this.tell();
    this.#stop();
    this.#timer = setTimeout(() => this.keep(), PAUSE_MS);
  }

  /** Let it go: what waited to be kept must not come back as the page is left. */
  async drop() {
    this.#stop();
    this.failed = false;
    await drafts.drop(key).catch(() => {});
  }

  /** The draft of before; null where there is none, and where another tab has the record open for writing. */
  async find() {
    if (!(await drafts.alone(key))) { data.may_write = false; data.elsewhere = true; this.tell(); return null; }
    try { return (await drafts.find(key)) ?? null; } catch { this.failed = true; this.tell(); return null; }
  }

  /** The page shows `found` now; answers the time at which it was kept. */
  restored(found) {
    this.#stop();
    this.kept = new Date(found.at);
    this.tell();
    return time(this.kept);
  }

  #stop() { clearTimeout(this.#timer); this.#timer = 0; }
}

/** Say where the changes are: `kept(at)` and `pending()` are the words for a draft of this page. */
export function showState({ version, dirty, busy, draft, kept, pending }) {
  const box = $('#save-state');
  $('#save').disabled = !dirty || busy;
  $('#discard').hidden = !dirty || busy;
  $('#export-note').hidden = !dirty;
  box.classList.toggle('bad', draft.failed);
  if (!data.may_write) box.textContent = whyNot();
  else if (busy) box.textContent = t('edit.saving');
  else if (!dirty) box.textContent = t('edit.saved', { n: version });
  else if (draft.failed) box.textContent = t('edit.draft_failed');
  else box.textContent = draft.kept ? kept(time(draft.kept)) : pending();
}

/** Why nothing can be changed here. */
export function whyNot() {
  if (data.elsewhere) return t('edit.elsewhere');
  return data.version < data.latest ? t('edit.old_version') : t('edit.reader');
}

/** Somebody saved meanwhile: say who, when and what; answers the latest version. The draft stays until it is dealt with. */
export async function showConflict({ version, stale }) {
  const last = (await api('GET', `${place}/versions`)).at(-1);
  const when = new Date(last.created_at).toLocaleString('sv-SE').slice(0, 16);
  $('#conflict-what').textContent = t('edit.conflict', { who: data.people[last.created_by] ?? last.created_by, n: last.version, at: when, base: version });
  $('#conflict-later').hidden = Boolean(stale);
  if (!$('#conflict').open) $('#conflict').showModal();
  return last.version;
}

/** The answers to a conflict; `stale()`: a draft of an older version is in nobody's sight, it must be dealt with first. */
export function onConflict({ merge, file, drop, forget, stale }) {
  $('#conflict').addEventListener('cancel', (event) => { if (stale()) event.preventDefault(); else forget(); });
  $('#conflict-later').addEventListener('click', () => { forget(); $('#conflict').close(); });
  $('#conflict-merge').addEventListener('click', merge);
  $('#conflict-file').addEventListener('click', file);
  $('#conflict-drop').addEventListener('click', () => { file(); drop(); });
}

/** The changes as a file of their own. */
export function offer(base_version, changes) {
  const whole = { record: data.record, base_version, ...changes };
  saveFile(new Blob([JSON.stringify(whole, null, 1)], { type: 'application/json' }), `${data.record}-draft.json`);
}

/** The page's own account of the version that is open, after a save. */
export function showVersion(n) {
  const row = $('#version-row').content.firstElementChild.cloneNode(true), changes = $('.small', row);
  for (const link of document.querySelectorAll('#exports a')) link.href = link.href.replace(/version=\d+/, `version=${n}`);
  $('#version-tag').textContent = t('edit.tag', { n });
  $('.n', row).textContent = t('edit.version', { n });
  $('.who', row).textContent = data.people[data.account] ?? '';
  $('time', row).dateTime = new Date().toISOString();
  if (changes) changes.href = `/records/${data.record}/changes?old=${n - 1}&new=${n}`;
  $('#versions [aria-current]')?.removeAttribute('aria-current');
  $('#versions').prepend(row);
  showTimes($('#versions'));
  if (location.search) history.replaceState(null, '', `/records/${data.record}${location.hash}`);
}
