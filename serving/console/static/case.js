// The page of a case: files come in by drop or choice, work is started and followed, and rows are refreshed in place.
import { $, $$, api, data, shortcuts, showTimes, size, t, toast } from './page.js';
import { followJobs } from './job.js';
import { upload } from './upload.js';

const list = $('#uploads'), drop = $('#drop'), files = $('#files');
/** The code of a recording that broke off: a person may say that it really did. */
const CUT_SHORT = 'media.cut-short';
const options = $('#options'), comparison = $('#compare');
const queue = [];
let busy = false;

/** Take the page's tables again from the server, so that one place alone knows how a row looks. */
async function refresh() {
  const answer = await fetch(location.pathname, { credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok || answer.redirected) { location.reload(); return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const here = document.activeElement?.closest('[data-evidence]')?.id;
  for (const place of ['section[aria-labelledby=records-title]', '#evidence-count']) $(place).replaceWith($(place, fresh));
  // An open dialog keeps what is being chosen in it.
  if (comparison && !comparison.open) $('#compare-with').replaceWith($('#compare-with', fresh));
  const section = $('section[aria-labelledby=evidence-title]'), old = $('.scroll, .empty', section);
  old.replaceWith($('section[aria-labelledby=evidence-title] .scroll, section[aria-labelledby=evidence-title] .empty', fresh));
  for (const bar of $$('[data-progress]', section)) bar.style.width = `${bar.dataset.progress * 100}%`;
  showTimes(document);
  if (here) $(`#${CSS.escape(here)} a, #${CSS.escape(here)} button`)?.focus();
  followJobs(section, refresh);
}

function line(file) {
  const item = document.createElement('li');
  item.innerHTML = '<span class="name"></span><span class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"><i></i></span><span class="number small quiet"></span><button class="button bare slim" type="button"></button>';
  const [name, bar, number, button] = item.children;
  name.textContent = file.name;
  bar.setAttribute('aria-label', t('upload.progress', { name: file.name }));
  number.textContent = t('upload.waiting');
  button.textContent = t('upload.cancel');
  list.append(item);
  const control = new AbortController();
  button.addEventListener('click', () => { control.abort(); item.remove(); });
  const show = (sent) => {
    const percent = file.size ? Math.floor((sent / file.size) * 100) : 100;
    bar.firstElementChild.style.width = `${percent}%`;
    bar.setAttribute('aria-valuenow', percent);
    number.textContent = sent >= file.size ? t('upload.checking') : `${percent}% · ${size(sent)} / ${size(file.size)}`;
  };
  const fail = (error, again) => {
    const why = document.createElement('p');
    why.className = 'why';
    why.role = 'alert';
    why.textContent = `${t('upload.failed')} ${error.message}`;
    item.append(why);
    number.textContent = '';
    bar.style.visibility = 'hidden';
    button.textContent = t('upload.dismiss');
    if (error.code !== CUT_SHORT) return;
    const anyway = document.createElement('button');
    anyway.type = 'button';
    anyway.className = 'button slim';
    anyway.textContent = t('upload.anyway');
    anyway.addEventListener('click', () => { item.remove(); again(); });
    why.append(' ', anyway);
  };
  return { item, control, show, fail };
}

async function drain() {
  if (busy) return;
  busy = true;
  while (queue.length) {
    const { file, row, cutShort } = queue.shift();
    if (row.control.signal.aborted) continue;
    try {
      await upload(data.case, file, { onProgress: row.show, signal: row.control.signal, cutShort });
      row.item.remove();
      toast(t('upload.done', { name: file.name }));
      await refresh();
    } catch (error) {
      if (!row.control.signal.aborted) row.fail(error, () => take([file], true));
    }
  }
  busy = false;
}

function take(chosen, cutShort = false) {
  for (const file of chosen) queue.push({ file, row: line(file), cutShort });
  drain();
}

async function start(evidence, task, params = {}) {
  try {
    await api('POST', `/api/v1/cases/${data.case}/jobs`, { task, evidence, params });
    await refresh();
  } catch (error) { toast(error.message); }
}

if (drop) {
  $('#choose').addEventListener('click', () => files.click());
  files.addEventListener('change', () => { take([...files.files]); files.value = ''; });
  let inside = 0;
  document.addEventListener('dragenter', (event) => { event.preventDefault(); inside += 1; drop.classList.add('over'); });
  document.addEventListener('dragleave', () => { inside -= 1; if (inside <= 0) drop.classList.remove('over'); });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    inside = 0;
    drop.classList.remove('over');
    take([...event.dataTransfer.files]);
  });
  window.addEventListener('beforeunload', (event) => { if (busy) event.preventDefault(); });
}

function askWhatToCompare({ compare, name }) {
  comparison.dataset.evidence = compare;
  $('#compare-name').textContent = name;
  $('#compare-go').disabled = !$('#compare-source');
  comparison.showModal();
  $('#compare-source')?.focus();
}

/** Seats are offered unless the recording has one channel (0: not known); two named seats where it has two. */
function offerChannels(count) {
  const choice = $('#option-channels');
  choice.value = '';
  $('#option-channels-field').hidden = count === 1;
  for (const option of choice.options) option.hidden = option.disabled = option.value.includes(',') && count > 2;
  $('#option-speakers').disabled = false;
  offerStaff();
}
/** Voices are compared with staff's where they are told apart at all. */
function offerStaff() {
  $('#option-staff-field').hidden = !$('#option-speakers').value || $('#option-speakers').disabled;
}
$('#option-channels')?.addEventListener('change', (event) => { $('#option-speakers').disabled = event.target.value !== ''; offerStaff(); });
$('#option-speakers')?.addEventListener('change', offerStaff);

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-start],[data-options],[data-compare]');
  if (!button) return;
  if (button.dataset.compare) { askWhatToCompare(button.dataset); return; }
  if (button.dataset.start) { button.disabled = true; start(button.dataset.evidenceId, button.dataset.start); return; }
  options.dataset.evidence = button.dataset.options;
  $('#options-name').textContent = button.dataset.name;
  offerChannels(Number(button.dataset.channels));
  options.showModal();
});
$('#options-form')?.addEventListener('submit', () => {
  const hotwords = $('#option-hotwords').value.split(/[\n,，、;；]/).map((word) => word.trim()).filter(Boolean);
  const language = $('#option-language').value, speakers = $('#option-speakers').value, channels = $('#option-channels').value;
  start(options.dataset.evidence, 'transcribe', {
    language: language || null,
    ...(hotwords.length ? { hotwords } : {}),
    ...(channels ? { channels: 'speakers', ...(channels.includes(',') ? { seats: channels.split(',') } : {}) } : {}),
    ...(speakers && !channels ? { speakers: speakers === 'auto' ? speakers : Number(speakers), ...($('#option-staff').checked ? { staff: 'members' } : {}) } : {}),
  });
});
$('#compare-form')?.addEventListener('submit', () => {
  const source = $('#compare-source')?.selectedOptions[0];
  if (source) start(comparison.dataset.evidence, 'compare', { [source.dataset.kind]: source.value });
});

shortcuts({ u: () => files?.click(), l: () => $('#to-live')?.click(), a: () => $('#to-audit').click() });
followJobs($('main'), refresh);
