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
