// Drafts in this browser (IndexedDB): they survive a reload, a crash and a dead network; they go when saved or discarded.
// One draft a record and account. Knows no sentence: a draft is a plain value.

const NAME = 'anjuan', TABLE = 'drafts';

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error('blocked'));
  });
}

async function act(mode, work) {
  const base = await database();
  try {
    return await new Promise((resolve, reject) => {
      const tx = base.transaction(TABLE, mode), asked = work(tx.objectStore(TABLE));
      tx.oncomplete = () => resolve(asked.result);
      tx.onerror = tx.onabort = () => reject(tx.error);
    });
  } finally { base.close(); }
}

export const keep = (key, draft) => act('readwrite', (table) => table.put(draft, key));
export const find = (key) => act('readonly', (table) => table.get(key));
export const drop = (key) => act('readwrite', (table) => table.delete(key));

const ANSWER_MS = 200;

/** Whether no other tab of this browser has the record open for writing: two would overwrite each other's draft. */
export function alone(key) {
  const channel = new BroadcastChannel(`${NAME}/${key}`);
  let mine = false;
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data === 'who' && mine) channel.postMessage('me');
      else if (data === 'me' && !mine) { channel.close(); resolve(false); }
    };
    channel.postMessage('who');
    setTimeout(() => { mine = true; resolve(true); }, ANSWER_MS);
  });
}
