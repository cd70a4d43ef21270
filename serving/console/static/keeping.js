// Where the work on a 笔录 is kept: a draft in this browser after each change, a version on the server when it is asked for.
// Two people at once are brought together by their turns; nothing is dropped that was not offered as a file first.
import { $, api, clock, data, t, toast } from './page.js';
import { merged } from './merging.js';
import { same, seconds } from './turns.js';
import { Draft, offer, onConflict, place, showConflict, showState, showVersion } from './unsaved.js';

/** What the server has of a version. */
async function bodyOf(version) {
  const { record, ...body } = await api('GET', version ? `${place}?version=${version}` : place);
  return { body, version: record.version };
}

/** The turns of mine that have no place in theirs, to be read and done again by hand. */
function tellLost(turns) {
  const line = (turn) => t('conversation.lost_turn', { at: clock(seconds(turn)[0]?.[0] ?? 0), role: data.roles[turn.role] ?? '？', text: turn.text_final });
  $('#lost-what').textContent = t('conversation.merge_lost', { n: turns.length });
  $('#lost-turns').replaceChildren(...turns.map((turn) => Object.assign(document.createElement('li'), { textContent: line(turn) })));
  $('#lost').showModal();
}

/** `page` answers settle() and replaced(). */
export function keeping(state, page) {
  let busy = false, clash = null;
  const dirty = () => !same(state.saved, state.now);
  const draft = new Draft(() => (dirty() ? { version: state.version, body: state.now } : null), tell);

  function tell() {
    showState({
      version: state.version, dirty: dirty(), busy, draft,
      kept: (at) => t('conversation.draft_kept', { at }), pending: () => t('conversation.draft_pending'),
    });
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
      if (error.status === 409 && error.code === 'record.version') await askMine();
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
    await draft.keep();
    page.replaced();
    showVersion(version);
    toast(t('edit.saved_toast', { n: version }));
  }

  async function ask(mine) {
    clash = mine;
    $('#conflict-see').href = `/records/${data.record}?version=${await showConflict(mine)}`;
  }

  const askMine = () => ask({ version: state.version, base: state.saved, mine: state.now });

  /** Their version with my changes in it, as changes that are still to be saved: the person looks at them first. */
  async function merge() {
    try {
      const theirs = await bodyOf();
      const both = merged(clash.base, clash.mine, theirs.body);
      if (both.lost.length) download();
      state.saved = theirs.body;
      state.now = both.body;
      state.version = data.version = data.latest = theirs.version;
      clash = null;
      await draft.keep();
      page.replaced();
      $('#version-tag').textContent = t('edit.tag', { n: state.version });
      $('#conflict').close();
      if (both.lost.length) tellLost(both.lost);
      toast(t('conversation.merged', { n: theirs.version }));
    } catch (error) { toast(error.message); }
  }

  const download = () => offer(clash?.version ?? state.version, { body: clash?.mine ?? state.now });

  /** To the latest version, without the draft. */
  async function leave() {
    await draft.drop();
    location.assign(`/records/${data.record}`);
  }

  $('#save').addEventListener('click', () => { page.settle(); save(); });
  $('#discard').addEventListener('click', () => { if (window.confirm(t('edit.discard_sure'))) leave(); });
  onConflict({ merge, file: download, drop: leave, forget: () => { clash = null; }, stale: () => Boolean(clash?.stale) });

  return {
    changed: () => draft.changed(), save, ask: askMine,
    /** Take a draft of before up again, if there is one. */
    async start() {
      tell();
      if (!data.may_write) return;
      const found = await draft.find();
      if (data.elsewhere) page.replaced();
      if (!found) return;
      if (found.version !== state.version) {
        try { await ask({ version: found.version, base: (await bodyOf(found.version)).body, mine: found.body, stale: true }); } catch (error) { toast(error.message); }
        return;
      }
      state.now = found.body;
      page.replaced();
      toast(t('edit.restored', { at: draft.restored(found) }));
    },
  };
}
