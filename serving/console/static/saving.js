// Where corrections are kept: a draft in this browser after each change, a version on the server when it is asked for.
// It knows the list of sentences as a value; what is shown of a draft and of a conflict is in unsaved.js.
import { $, api, data, t, toast } from './page.js';
import { applied, edits, fromSaved, rebased } from './sentences.js';
import { Draft, offer, onConflict, place, showConflict, showState, showVersion } from './unsaved.js';

/** `page` answers settle(), replaced(), adopt(change). */
export function saving(state, page) {
  let busy = false, clash = null;
  const pending = () => edits(state.saved, state.sentences);
  const draft = new Draft(() => {
    const left = pending();
    return left.length ? { version: state.version, edits: left } : null;
  }, tell);

  function tell() {
    const left = pending(), n = count(left);
    showState({
      version: state.version, dirty: left.length > 0, busy, draft,
      kept: (at) => t('edit.draft_kept', { n, at }), pending: () => t('edit.draft_pending', { n }),
    });
  }

  /** The server's sentences of the latest version in the place of ours; history and later changes move along. */
  async function adopt(sent) {
    const body = await api('GET', place);
    const rows = body.segments.map((one) => ({ ...one, words: one.words.map((w) => [w.start, w.end, w.text, w.probability, w.human ? 1 : 0]),
      suggestions: one.suggestions.map((s) => [s.start, s.end, s.text, s.hotword]), numbers: one.numbers.map((n) => [n.start, n.end, n.raw, n.text, n.flags]) }));
    const saved = fromSaved(rows, data.account), same = saved.length === sent.length;
    if (same) {
      const move = rebased(sent, saved);
      state.sentences = state.sentences.map(move);
      page.adopt(move);
    } else { state.sentences = saved; page.adopt(null); }
    state.saved = saved;
    state.version = data.version = data.latest = body.record.version;
  }

  async function send(onto) {
    const left = clash?.stale ? clash.edits : pending(), base = clash?.stale ? clash.version : state.version;
    if (!left.length || busy || !data.may_write) return;
    busy = true;
    tell();
    const sent = onto ? [] : [...state.sentences];
    try {
      await api('POST', `${place}/versions`, { base_version: base, edits: left, ...(onto ? { onto_version: onto } : {}) });
      if (onto) { await leave(); return; }
      await adopt(sent);
      page.replaced();
      await draft.keep();
      showVersion(state.version);
      toast(t('edit.saved_toast', { n: state.version }));
    } catch (error) {
      if (error.status === 409) await ask({ version: base, edits: left, stale: clash?.stale });
      else toast(`${error.message} ${t('edit.still_draft')}`);
    } finally { busy = false; tell(); }
  }

  async function ask(mine) {
    clash = mine;
    const latest = await showConflict(mine);
    $('#conflict-see').href = `/records/${data.record}/changes?old=${mine.version}&new=${latest}`;
    $('#conflict-merge').dataset.onto = latest;
  }

  /** To the latest version, without the draft. */
  async function leave() {
    await draft.drop();
    location.assign(`/records/${data.record}`);
  }

  $('#save').addEventListener('click', () => { page.settle(); send(); });
  $('#discard').addEventListener('click', () => { if (window.confirm(t('edit.discard_sure'))) leave(); });
  onConflict({
    merge: (event) => send(Number(event.target.dataset.onto)),
    file: () => offer(clash.version, { edits: clash.edits }),
    drop: leave,
    forget: () => { clash = null; },
    stale: () => Boolean(clash?.stale),
  });

  return {
    changed: () => draft.changed(),
    save: () => send(),
    /** Take a draft of before up again, if there is one. */
    async start() {
      tell();
      const found = data.may_write ? await draft.find() : null;
      if (!found) return;
      if (found.version !== state.version) { await ask({ ...found, stale: true }); return; }
      try { state.sentences = applied(state.saved, found.edits); } catch { toast(t('edit.draft_broken')); return; }
      page.replaced();
      toast(t('edit.restored', { at: draft.restored(found) }));
    },
  };
}

const count = (left) => left.reduce((sum, one) => sum + Math.max(one.last - one.first + 1, one.sentences.length), 0);
