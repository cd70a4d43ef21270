// The documents of a volume as a person decides them beside a page: this page's one typed and named, begun at this page,
// or joined to the one before. Each act is a version by the person; pages are checked and the machine's rows kept by the API.
import { $, api, data, shortcuts, t, toast } from './page.js';
import { ask } from './deciding.js';
import { fresh, given, holding, joined, split } from './documents.js';

const rows = data.documents ?? [], at = holding(rows, data.page);
let busy = false;

async function keep(changed) {
  if (busy) return;
  busy = true;
  try {
    await api('POST', `/api/v1/records/${data.record}/versions`, { base_version: data.version, review: { documents: given(changed) } });
    location.assign(`/records/${data.record}?page=${data.page}`);
  } catch (error) {
    busy = false;
    toast(error.status === 409 ? t('cataloguing.conflict') : error.message);
  }
}

async function edit() {
  const answer = await ask(rows[at]);
  if (answer) keep(rows.toSpliced(at, 1, { ...answer, confirmed_by: data.account }));
}

async function begin() {
  if (rows[at].first_page === data.page) { toast(t('cataloguing.begins')); return; }
  const answer = await ask(fresh(data.page, rows[at].last_page, rows[at].type));
  if (answer) keep(split(rows, data.inked, at, answer, data.account));
}

function merge() {
  if (at < 1) { toast(t('cataloguing.first')); return; }
  if (confirm(t('cataloguing.merge_sure', { title: rows[at].title, before: rows[at - 1].title }))) keep(joined(rows, at, data.account));
}

if (at >= 0 && $('#deciding')) {
  $('#edit-document').addEventListener('click', edit);
  $('#split-document').addEventListener('click', begin);
  $('#merge-document').addEventListener('click', merge);
  shortcuts({ e: edit, s: begin, m: merge });
}
