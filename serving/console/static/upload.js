// Evidence on its way in: one file after another, with progress; large files in pieces that survive a broken line.
import { api, csrf, reason, t } from './page.js';

/** Above this a file goes up by PATCH in pieces, so that a broken connection costs one piece. */
export const RESUMABLE_BYTES = 64 * 1024 * 1024;
export const PIECE_BYTES = 16 * 1024 * 1024;
/** A piece that fails is tried again after these waits; then the file is given up with its reason. */
const WAITS_MS = [1000, 4000, 10000];

function send(method, path, body, headers, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.setRequestHeader('x-csrf-token', csrf);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      let found = null;
      try { found = JSON.parse(request.responseText || 'null'); } catch { /* an answer without a body */ }
      if (request.status < 300) resolve({ body: found, header: (name) => request.getResponseHeader(name) });
      else reject(Object.assign(new Error(reason(request.status, found)), { status: request.status, code: found?.code }));
    };
    request.onerror = () => reject(Object.assign(new Error(t('error.network')), { status: 0 }));
    request.onabort = () => reject(Object.assign(new Error(t('upload.stopped')), { status: -1 }));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}

async function whole(caseId, file, watch) {
  const path = `/api/v1/cases/${caseId}/evidence/${encodeURIComponent(file.name)}${watch.cutShort ? '?cut_short=true' : ''}`;
  return (await send('PUT', path, file, { 'content-type': 'application/octet-stream' }, watch)).body;
}

/** Send one file piece by piece; after a broken line it goes on from where the server says. */
export async function inPieces(caseId, file, watch, pieceBytes = PIECE_BYTES) {
  const upload = await api('POST', `/api/v1/cases/${caseId}/uploads`, { filename: file.name, size: file.size, cut_short: Boolean(watch.cutShort) });
  const path = `/api/v1/uploads/${upload.id}`;
  let offset = 0, failures = 0;
  for (;;) {
    try {
      const piece = file.slice(offset, offset + pieceBytes), start = offset;
      const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
      const answer = await send('PATCH', path, piece, headers, { ...watch, onProgress: (n) => watch.onProgress(start + n) });
      if (answer.body?.id) return answer.body;
      offset = Number(answer.header('upload-offset'));
      // All bytes are there and no evidence came of it: one empty piece asks again, and counts as a failure.
      failures = offset >= file.size ? failures + 1 : 0;
      if (failures > WAITS_MS.length) throw new Error(t('error.other'));
    } catch (error) {
      if (watch.signal.aborted || (error.status >= 400 && error.status !== 409) || failures >= WAITS_MS.length) throw error;
      await new Promise((resolve) => { setTimeout(resolve, WAITS_MS[failures]); });
      failures += 1;
      offset = Number((await api('GET', path)).offset);
    }
  }
}

/** Send one file; `watch` has onProgress(bytes), an AbortSignal, and cutShort where a broken-off recording is meant. */
export function upload(caseId, file, watch) {
  return file.size > RESUMABLE_BYTES ? inPieces(caseId, file, watch) : whole(caseId, file, watch);
}
