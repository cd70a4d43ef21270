// Jobs on a page: live progress by server-sent events, cancelling, and what to show when one ends.
import { $, $$, api, t, toast } from './page.js';

/** Streams open at once: browsers allow six connections to a host over HTTP/1.1, and the page needs some itself. */
const STREAMS = 3;
const POLL_MS = 2500;
const ENDED = new Set(['done', 'failed', 'cancelled']);
const waiting = [];
let streams = 0;

function show(box, job) {
  const percent = Math.floor(job.progress * 100), bar = $('[role=progressbar]', box);
  box.dataset.state = job.state;
  const tag = $('[data-role=state]', box);
  tag.className = `tag ${job.state}`;
  tag.textContent = `${t(`task.${job.task}`)} · ${t(`state.${job.state}`)}`;
  if (bar) {
    bar.setAttribute('aria-valuenow', percent);
    bar.firstElementChild.style.width = `${percent}%`;
  }
  const number = $('[data-role=percent]', box);
  if (number) number.textContent = `${percent}%`;
}

function ended(box, job, reload) {
  show(box, job);
  if (job.state === 'done') toast(t('job.done'));
  reload();
}

function stream(box, reload) {
  streams += 1;
  const source = new EventSource(`/api/v1/jobs/${box.dataset.job}/events`);
  const stop = () => { source.close(); streams -= 1; const next = waiting.shift(); if (next) next(); };
  source.addEventListener('job', (event) => {
    const job = JSON.parse(event.data);
    show(box, job);
    if (ENDED.has(job.state)) { stop(); ended(box, job, reload); }
  });
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) { stop(); poll(box, reload); } };
}

async function poll(box, reload) {
  try {
    const job = await api('GET', `/api/v1/jobs/${box.dataset.job}`);
    show(box, job);
    if (ENDED.has(job.state)) { ended(box, job, reload); return; }
  } catch (error) { toast(error.message); }
  setTimeout(() => poll(box, reload), POLL_MS);
}

/** Follow every live job under `root`; `reload` is called when one ends. */
export function followJobs(root, reload) {
  for (const box of $$('.outcome[data-job]', root)) {
    if (ENDED.has(box.dataset.state) || box.dataset.followed) continue;
    box.dataset.followed = 'yes';
    if (streams < STREAMS) stream(box, reload); else poll(box, reload);
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-cancel]');
  if (!button) return;
  button.disabled = true;
  try {
    show(button.closest('.outcome'), await api('DELETE', `/api/v1/jobs/${button.dataset.cancel}`));
  } catch (error) { button.disabled = false; toast(error.message); }
});
