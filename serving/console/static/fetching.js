// A 笔录 as a file: fetched by the page, so that a refusal says why instead of being saved in the file's place.
import { $, data, reason, saveFile, t, toast } from './page.js';

export function fetching(state) {
  $('#exports').addEventListener('click', async (event) => {
    const link = event.target.closest('a');
    if (!link) return;
    event.preventDefault();
    const answer = await fetch(`/api/v1/records/${data.record}/export?format=${link.dataset.format}&version=${state.version}`, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
    if (!answer) { toast(t('error.network')); return; }
    if (!answer.ok) { toast(answer.status === 503 ? t('conversation.no_font') : reason(answer.status, await answer.json().catch(() => null))); return; }
    saveFile(await answer.blob(), `${data.record}-v${state.version}.${link.dataset.format}`);
  });
}
