// Keeps what is decided on the board as versions: one request at a time, the latest state of the documents in each.
// An act is sent at once; confirmations follow each other quickly and wait a little to share a version.
import { api, csrf, data, t, toast } from './page.js';
import { given } from './documents.js';

const PAUSE_MS = 2500, LONGEST_MS = 10_000;

/** `tell(state)` hears saved, waiting, saving, failed or conflict, and the number of the last version. */
export function keeping(tell) {
  // Rows that stood so when the board was opened stand again as they did: undone is not confirmed.
  const opened = data.version;
  let version = data.version, wanted = null, busy = false, timer = 0, since = 0, state = 'saved';

  const say = (now) => { state = now; tell(state, version); };
  const body = (rows) => ({ base_version: version, review: { documents: given(rows), documents_of: opened } });
  const place = `/api/v1/records/${data.record}/versions`;

  async function send() {
    clearTimeout(timer);
    timer = 0;
    if (busy || !wanted || state === 'conflict') return;
    const rows = wanted;
    wanted = null;
    busy = true;
    say('saving');
    try {
      version = (await api('POST', place, body(rows))).version;
      say(wanted ? 'waiting' : 'saved');
    } catch (error) {
      wanted ??= rows;
      say(error.status === 409 ? 'conflict' : 'failed');
      toast(error.status === 409 ? t('board.conflict') : error.message);
    }
    busy = false;
    if (wanted && state === 'waiting' && !timer) send();
  }

  function keep(rows, { soon = false } = {}) {
    if (!wanted) since = Date.now();
    wanted = rows;
    if (state !== 'conflict' && !busy) say('waiting');
    clearTimeout(timer);
    // However quickly they follow each other, none waits longer than LONGEST_MS.
    timer = soon ? setTimeout(send, Math.max(0, Math.min(PAUSE_MS, since + LONGEST_MS - Date.now()))) : 0;
    if (!soon) send();
  }

  addEventListener('beforeunload', (event) => { if (state === 'failed' || busy) { send(); event.preventDefault(); } });
  addEventListener('pagehide', () => {
    // Confirmations that still wait go on their way while the page leaves.
    if (!wanted || busy || state === 'conflict') return;
    fetch(place, { method: 'POST', keepalive: true, credentials: 'same-origin', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body: JSON.stringify(body(wanted)) }).catch(() => {});
    wanted = null;
  });
  return { keep, flush: send };
}
