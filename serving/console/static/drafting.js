// From a transcript to the draft of a 笔录: a form with what a draft cannot do without; the server drafts.
import { $, api, data, shortcuts, t } from './page.js';

const dialog = $('#drafting'), form = $('#drafting form');
let forms = null;

async function start() {
  if (!dialog) return;
  $('#drafting-error').hidden = true;
  if (!dialog.open) dialog.showModal();
  $('#drafting-template').focus();
  if (forms) return;
  try {
    forms = await api('GET', '/api/v1/conversation-templates');
    $('#drafting-template').replaceChildren(...forms.map((one) => new Option(one.label, one.name)));
    choose();
  } catch (error) { fail(error); }
}

const chosen = () => forms?.find((one) => one.name === $('#drafting-template').value);
const officers = () => $('#drafting-interrogators').value.split(/[、，,;；\s]+/).filter(Boolean);

/** What the chosen form asks for first, in its own words. */
function choose() {
  const one = chosen(), questioned = one?.kind === 'interrogation';
  $('#drafting-askers').textContent = questioned ? t('drafting.interrogators') : t('drafting.inquirers');
  $('#drafting-subject').textContent = questioned ? t('drafting.suspect') : t('drafting.heard');
  $('#drafting-notices').textContent = one ? t('drafting.notices', { n: one.notices.filter((notice) => notice.required).length }) : '';
  $('#drafting-sequence').value = one?.first === false ? Math.max(2, Number($('#drafting-sequence').value)) : 1;
  check();
}

function check() {
  const enough = new Set(officers()).size >= 2;
  $('#drafting-interrogators').setCustomValidity(enough ? '' : t('drafting.two'));
}

function fail(error) {
  $('#drafting-error').textContent = error.message;
  $('#drafting-error').hidden = false;
}

const value = (name) => $(`#drafting-${name}`).value.trim();

function header() {
  const one = chosen(), started = value('started');
  return {
    agency: value('agency'),
    place: { name: value('place') },
    subject: { name: value('name'), standing: one.standing, is_minor: one.minor },
    interrogators: officers().map((name) => ({ name, unit: value('agency') })),
    recorder: { name: value('recorder'), unit: value('agency') },
    sequence_no: Math.max(1, Number(value('sequence')) || 1),
    started_at: started ? `${started}+08:00` : null,
  };
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  $('#drafting-go').disabled = true;
  try {
    const started = value('started');
    const made = await api('POST', `/api/v1/cases/${form.dataset.case}/conversations`, {
      template: value('template'), transcript: data.record, header: header(), figures: $('#drafting-figures').checked, recording_started_at: started ? `${started}:00+08:00` : null,
    });
    location.assign(`/records/${made.id}`);
  } catch (error) { fail(error); } finally { $('#drafting-go').disabled = false; }
});
$('#drafting-template')?.addEventListener('change', choose);
$('#drafting-interrogators')?.addEventListener('input', check);
$('#make-draft')?.addEventListener('click', start);
shortcuts({ D: start });
