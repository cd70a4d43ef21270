// Where the work on a 笔录 is kept: a draft in this browser after each change, a version on the server when it is asked for.
// Two people at once are brought together by their turns; nothing is dropped that was not offered as a file first.
import { $, api, data, t, toast } from './page.js';
import * as drafts from './drafts.js';
import { merged, same } from './turns.js';

const PAUSE_MS = 400;
const key = `${data.account}/${data.record}`;
const place = `/api/v1/records/${data.record}`;

/** What the server has of a version. */
async function bodyOf(version) {
  const { record, ...body } = await api('GET', version ? `${place}?version=${version}` : place);
  return { body, version: record.version };
}

/** `page` answers settle() and replaced(). */
export function keeping(state, page) {
  let timer = 0, kept = null, failed = false, busy = false, clash = null;
  const dirty = () => !same(state.saved, state.now);

  function tell() {
    const box = $('#save-state'), left = dirty();
    $('#save').disabled = !left || busy;
    $('#discard').hidden = !left || busy;
    $('#export-note').hidden = !left;
    box.classList.toggle('bad', failed);
    if (!data.may_write) box.textContent = whyNot();
    else if (busy) box.textContent = t('edit.saving');
    else if (!left) box.textContent = t('edit.saved', { n: state.version });
    else if (failed) box.textContent = t('edit.draft_failed');
    else box.textContent = kept ? t('conversation.draft_kept', { at: time(kept) }) : t('conversation.draft_pending');
  }

  async function keep() {
    timer = 0;
    try {
      if (dirty()) await drafts.keep(key, { version: state.version, at: Date.now(), body: state.now });
      else await drafts.drop(key);
      kept = dirty() ? new Date() : null;
      failed = false;
    } catch { failed = true; }
    tell();
  }

  function changed() {
    if (!data.may_write) return;
    kept = null;
    tell();
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  }

  /** Save as a new version; answers whether the server has it all now. */
  async function save() {
    if (!data.may_write || busy) return false;
    if (!dirty()) return true;
    busy = true;
    tell();
    try {
      const sent = state.now;
      await api('POST', `${place}/versions`, { base_version: state.version, body: sent });
      await adopt(sent);
      return true;
    } catch (error) {
      if (error.status === 409 && error.code === 'record.version') await ask({ version: state.version, base: state.saved, mine: state.now });
      else toast(`${error.message} ${t('edit.still_draft')}`);
      return false;
    } finally { busy = false; tell(); }
  }

  /** The server's version in the place of what was sent; what was typed meanwhile stays on top of it. */
  async function adopt(sent) {
    const { body, version } = await bodyOf();
    state.now = same(state.now, sent) ? body : merged(sent, state.now, body).body;
    state.saved = body;
    state.version = data.version = data.latest = version;
    await keep();
    page.replaced();
    toast(t('edit.saved_toast', { n: version }));
  }

  /** Somebody saved meanwhile: say who and when, and let the person choose; the draft stays until it is dealt with. */
  async function ask(mine) {
    clash = mine;
    const last = (await api('GET', `${place}/versions`)).at(-1);
    const when = new Date(last.created_at).toLocaleString('sv-SE').slice(0, 16);
    $('#conflict-what').textContent = t('edit.conflict', { who: data.people[last.created_by] ?? last.created_by, n: last.version, at: when, base: mine.version });
    $('#conflict-see').href = `/records/${data.record}?version=${last.version}`;
    $('#conflict-later').hidden = Boolean(mine.stale);
    $('#conflict-lost').hidden = true;
    if (!$('#conflict').open) $('#conflict').showModal();
  }

  /** Their version with my changes in it, as changes that are still to be saved: the person looks at them first. */
  async function merge() {
    try {
      const theirs = await bodyOf();
      const both = merged(clash.base, clash.mine, theirs.body);
      if (both.lost.length) {
        $('#conflict-lost').textContent = t('conversation.merge_lost', { n: both.lost.length });
        $('#conflict-lost').hidden = false;
        download();
      }
      state.saved = theirs.body;
      state.now = both.body;
      state.version = data.version = data.latest = theirs.version;
      clash = null;
      await keep();
      page.replaced();
      if (!both.lost.length) $('#conflict').close();
      toast(t('conversation.merged', { n: theirs.version }));
    } catch (error) { toast(error.message); }
  }

  function download() {
    const mine = clash?.mine ?? state.now, link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ record: data.record, base_version: clash?.version ?? state.version, body: mine }, null, 1)], { type: 'application/json' }));
    link.download = `${data.record}-draft.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async function discard() {
    if (!clash && !window.confirm(t('edit.discard_sure'))) return;
    clearTimeout(timer);
    timer = 0;
    await drafts.drop(key).catch(() => {});
    state.now = state.saved;
    location.assign(`/records/${data.record}`);
  }

  $('#conflict').addEventListener('cancel', (event) => { if (clash?.stale) event.preventDefault(); });
  $('#conflict-later').addEventListener('click', () => { clash = null; $('#conflict').close(); });
  $('#conflict-merge').addEventListener('click', merge);
  $('#conflict-file').addEventListener('click', download);
  $('#conflict-drop').addEventListener('click', () => { download(); discard(); });
  $('#save').addEventListener('click', () => { page.settle(); save(); });
  $('#discard').addEventListener('click', discard);
  addEventListener('beforeunload', (event) => { if ((timer || failed) && dirty()) event.preventDefault(); });
  addEventListener('pagehide', () => { if (timer) keep(); });

  return {
    changed, save, dirty, ask: () => ask({ version: state.version, base: state.saved, mine: state.now }),
    /** Take a draft of before up again, if there is one. */
    async start() {
      tell();
      if (!data.may_write) return;
      if (!(await drafts.alone(key))) {
        data.may_write = false;
        data.elsewhere = true;
        tell();
        page.replaced();
        return;
      }
      let found = null;
      try { found = await drafts.find(key); } catch { failed = true; tell(); return; }
      if (!found) return;
      if (found.version !== state.version) {
        try { await ask({ version: found.version, base: (await bodyOf(found.version)).body, mine: found.body, stale: true }); } catch (error) { toast(error.message); }
        return;
      }
      state.now = found.body;
      kept = new Date(found.at);
      page.replaced();
      tell();
      toast(t('edit.restored', { at: time(new Date(found.at)) }));
    },
  };
}

/** Why nothing can be changed here. */
export function whyNot() {
  if (data.elsewhere) return t('edit.elsewhere');
  return data.version < data.latest ? t('edit.old_version') : t('edit.reader');
}

const time = (at) => at.toLocaleTimeString('sv-SE');
