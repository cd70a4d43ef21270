// Where corrections are kept: a draft in this browser after each change, a version on the server when it is asked for.
// It knows the list of sentences as a value and says at any time what is kept where.
import { $, api, data, showTimes, t, toast } from './page.js';
import { applied, edits, fromSaved, rebased } from './sentences.js';
import * as drafts from './drafts.js';

const PAUSE_MS = 400;
const key = `${data.account}/${data.record}`;

/** `page` answers settle(), replaced(), adopt(change). */
export function saving(state, page) {
  let timer = 0, kept = null, failed = false, saving_ = false, clash = null;
  const pending = () => edits(state.saved, state.sentences);

  function tell(left = pending()) {
    const dirty = left.length > 0, box = $('#save-state');
    $('#save').disabled = !dirty || saving_;
    $('#discard').hidden = !dirty || saving_;
    box.classList.toggle('bad', failed);
    if (!data.may_write) box.textContent = whyNot();
    else if (saving_) box.textContent = t('edit.saving');
    else if (!dirty) box.textContent = t('edit.saved', { n: state.version });
    else if (failed) box.textContent = t('edit.draft_failed');
    else if (!kept) box.textContent = t('edit.draft_pending', { n: count(left) });
    else box.textContent = t('edit.draft_kept', { n: count(left), at: time(kept) });
    $('#export-note').hidden = !dirty;
  }

  async function keep() {
    timer = 0;
    const left = pending();
    try {
      if (left.length) await drafts.keep(key, { version: state.version, at: Date.now(), edits: left });
      else await drafts.drop(key);
      kept = left.length ? new Date() : null;
      failed = false;
    } catch { failed = true; }
    tell(left);
  }

  function changed() {
    if (!data.may_write) return;
    kept = null;
    tell();
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  }

  /** The server's sentences of the latest version in the place of ours; history and later changes move along. */
  async function adopt(sent) {
    const body = await api('GET', `/api/v1/records/${data.record}`);
    const rows = body.segments.map((one) => ({ ...one, words: one.words.map((w) => [w.start, w.end, w.text, w.probability, w.human ? 1 : 0]),
      suggestions: one.suggestions.map((s) => [s.start, s.end, s.text, s.hotword]) }));
    const saved = fromSaved(rows, data.account), same = saved.length === sent.length;
    if (same) {
      const move = rebased(sent, saved);
      state.sentences = state.sentences.map(move);
      page.adopt(move);
    } else { state.sentences = saved; page.adopt(null); }
    state.saved = saved;
    state.version = body.record.version;
    data.latest = state.version;
    data.version = state.version;
  }

  async function send(onto) {
    const left = clash?.stale ? clash.edits : pending(), base = clash?.stale ? clash.version : state.version;
    if (!left.length || saving_ || !data.may_write) return;
    saving_ = true;
    tell();
    const sent = onto ? [] : [...state.sentences];
    try {
      await api('POST', `/api/v1/records/${data.record}/versions`, { base_version: base, edits: left, ...(onto ? { onto_version: onto } : {}) });
      if (onto) { await drafts.drop(key); location.assign(`/records/${data.record}`); return; }
      await adopt(sent);
      page.replaced();
      await keep();
      showVersion();
      toast(t('edit.saved_toast', { n: state.version }));
    } catch (error) {
      if (error.status === 409) await ask({ version: base, edits: left, stale: clash?.stale });
      else toast(`${error.message} ${t('edit.still_draft')}`);
    } finally { saving_ = false; tell(); }
  }

  /** Somebody saved meanwhile: say who and when, and let the person choose; the draft stays until it is dealt with. */
  async function ask(mine) {
    clash = mine;
    const versions = await api('GET', `/api/v1/records/${data.record}/versions`);
    const last = versions.at(-1);
    const when = new Date(last.created_at).toLocaleString('sv-SE').slice(0, 16);
    $('#conflict-what').textContent = t('edit.conflict', { who: data.people[last.created_by] ?? last.created_by, n: last.version, at: when, base: mine.version });
    $('#conflict-see').href = `/records/${data.record}/changes?old=${mine.version}&new=${last.version}`;
    $('#conflict-merge').dataset.onto = last.version;
    $('#conflict-later').hidden = Boolean(mine.stale);
    if (!$('#conflict').open) $('#conflict').showModal();
  }

  /** The page's own account of the version that is open, after a save. */
  function showVersion() {
    const n = state.version, row = $('#version-row').content.firstElementChild.cloneNode(true);
    for (const link of document.querySelectorAll('#exports a')) link.href = link.href.replace(/version=\d+/, `version=${n}`);
    $('#version-tag').textContent = t('edit.tag', { n });
    $('.n', row).textContent = t('edit.version', { n });
    $('.who', row).textContent = data.people[data.account] ?? '';
    $('time', row).dateTime = new Date().toISOString();
    $('.small', row).href = `/records/${data.record}/changes?old=${n - 1}&new=${n}`;
    $('#versions [aria-current]')?.removeAttribute('aria-current');
    $('#versions').prepend(row);
    showTimes($('#versions'));
    history.replaceState(null, '', `/records/${data.record}${location.hash}`);
  }

  function download() {
    const link = document.createElement('a');
    const whole = { record: data.record, base_version: clash.version, edits: clash.edits };
    link.href = URL.createObjectURL(new Blob([JSON.stringify(whole, null, 1)], { type: 'application/json' }));
    link.download = `${data.record}-draft.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async function discard() {
    if (!clash && !window.confirm(t('edit.discard_sure'))) return;
    await drafts.drop(key).catch(() => {});
    location.assign(`/records/${data.record}`);
  }

  // A draft of an older version is in nobody's sight: it must be dealt with before anything is written over it.
  $('#conflict').addEventListener('cancel', (event) => { if (clash?.stale) event.preventDefault(); });
  $('#conflict-later').addEventListener('click', () => { clash = null; $('#conflict').close(); });
  $('#save').addEventListener('click', () => { page.settle(); send(); });
  $('#discard').addEventListener('click', discard);
  $('#conflict-merge').addEventListener('click', (event) => send(Number(event.target.dataset.onto)));
  $('#conflict-file').addEventListener('click', download);
  $('#conflict-drop').addEventListener('click', () => { download(); discard(); });
  addEventListener('beforeunload', (event) => { if ((timer || failed) && pending().length) event.preventDefault(); });
  addEventListener('pagehide', () => { if (timer) keep(); });

  return {
    changed,
    save: () => send(),
    /** Take a draft of before up again, if there is one. */
    async start() {
      tell();
      if (!data.may_write) return;
      if (!(await drafts.alone(key))) {
        data.may_write = false;
        data.elsewhere = true;
        tell();
        return;
      }
      let found = null;
      try { found = await drafts.find(key); } catch { failed = true; tell(); return; }
      if (!found) return;
      if (found.version !== state.version) { await ask({ ...found, stale: true }); return; }
      try { state.sentences = applied(state.saved, found.edits); } catch { toast(t('edit.draft_broken')); return; }
      kept = new Date(found.at);
      page.replaced();
      kept = new Date(found.at);
      tell();
      toast(t('edit.restored', { at: time(kept) }));
    },
  };
}

/** Why nothing can be changed here. */
export function whyNot() {
  if (data.elsewhere) return t('edit.elsewhere');
  return data.version < data.latest ? t('edit.old_version') : t('edit.reader');
}

const count = (left) => left.reduce((sum, one) => sum + Math.max(one.last - one.first + 1, one.sentences.length), 0);
const time = (at) => at.toLocaleTimeString('sv-SE');
