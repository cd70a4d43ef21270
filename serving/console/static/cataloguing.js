// The documents of a volume as a person decides them: this page's one typed and named, begun at this page, or joined to the
// one before. Each act is a version by the person; pages are checked and the machine's rows kept by the API.
import { $, api, data, shortcuts, t, toast } from './page.js';

const documents = data.documents ?? [], fields = ['type', 'name', 'number', 'date', 'author'];
const at = documents.findIndex((one) => one.first_page <= data.page && data.page <= one.last_page);
let wanted = null, busy = false;

const given = ({ type, title, number, date, author, first_page, last_page, confirmed = false }) => (
  { type, title, number, date, author, first_page, last_page, confirmed });
const instead = (first, count, ...ones) => documents.toSpliced(first, count, ...ones).map(given);

async function keep(rows) {
  if (busy) return;
  busy = true;
  try {
    await api('POST', `/api/v1/records/${data.record}/versions`, { base_version: data.version, review: { documents: rows } });
    location.assign(`/records/${data.record}?page=${data.page}`);
  } catch (error) {
    busy = false;
    toast(error.status === 409 ? t('cataloguing.conflict') : error.message);
  }
}

/** Ask what `one` is; `rows(answer)` are the documents of the volume then. */
function ask(one, rows) {
  wanted = { one, rows };
  for (const field of fields) $(`#deciding-${field}`).value = one[field === 'name' ? 'title' : field] ?? '';
  $('#deciding-pages').textContent = t('cataloguing.pages', { first: one.first_page, last: one.last_page });
  $('#deciding').showModal();
  $('#deciding-type').select();
}

function edit() {
  ask(documents[at], (answer) => instead(at, 1, answer));
}

function split() {
  const one = documents[at];
  if (one.first_page === data.page) { toast(t('cataloguing.begins')); return; }
  const later = { type: '', title: '', number: null, date: null, author: null, first_page: data.page, last_page: one.last_page };
  ask(later, (answer) => instead(at, 1, { ...one, last_page: data.before }, answer));
}

function merge() {
  if (at < 1) { toast(t('cataloguing.first')); return; }
  const before = documents[at - 1], one = documents[at];
  if (!confirm(t('cataloguing.merge_sure', { title: one.title, before: before.title }))) return;
  keep(instead(at - 1, 2, { ...before, last_page: one.last_page }));
}

if (at >= 0 && $('#deciding')) {
  $('#deciding form').addEventListener('submit', (event) => {
    event.preventDefault();
    const [type, name, number, date, author] = fields.map((field) => $(`#deciding-${field}`).value.trim());
    keep(wanted.rows({ ...wanted.one, type, title: name || type, number: number || null, date: date || null, author: author || null, confirmed: true }));
  });
  $('#edit-document').addEventListener('click', edit);
  $('#split-document').addEventListener('click', split);
  $('#merge-document').addEventListener('click', merge);
  shortcuts({ e: edit, s: split, m: merge });
}
