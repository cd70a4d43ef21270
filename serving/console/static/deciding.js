// The dialog in which a person says what a document is. It knows no list of documents: it is asked about one and answers.
import { $, data, t, toast } from './page.js';
import { lookUp } from './types.js';

const fields = ['type', 'title', 'number', 'date', 'author'];
const dialog = $('#deciding'), field = (name) => $(`#deciding-${name}`);
let answer = null, asked = null, field_of_types = null;

/** A title that only repeats the type follows it; one that the paper bears stays. */
function follow(type) {
  if (!field('title').value || field('title').value === asked.type) field('title').value = type;
  asked = { ...asked, type };
}

/** What the person says `one` is, null where they think better of it; `one` comes back with its pages. */
export function ask(one) {
  asked = one;
  for (const name of fields) field(name).value = one[name] ?? '';
  $('#deciding-pages').textContent = t('cataloguing.pages', { first: one.first_page, last: one.last_page });
  dialog.showModal();
  field('type').select();
  field_of_types.hide();
  return new Promise((resolve) => { answer = (said) => { answer = null; resolve(said && { ...one, ...said }); }; });
}

if (dialog) {
  field_of_types = lookUp(field('type'), $('#deciding-types'), data.types, follow);
  $('form', dialog).addEventListener('submit', (event) => {
    const [type, title, number, date, author] = fields.map((name) => field(name).value.trim());
    if (!data.types.some(([name]) => name === type)) { event.preventDefault(); toast(t('cataloguing.no_type')); field('type').select(); return; }
    answer?.({ type, title: title || type, number: number || null, date: date || null, author: author || null });
  });
  dialog.addEventListener('close', () => answer?.(null));
}
