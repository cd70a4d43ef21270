// Words looked for in the whole volume: hits as a list, marked over the picture, stepped through from page to page. The
// search is the server's; what was asked for stays in this tab while its pages are turned, and in no address.
import { $, $$, api, data, shortcuts, t } from './page.js';
import { doubt } from './scan.js';

const KEY = `find/${data.record}/${data.version}`, PAUSE_MS = 250;
const box = $('#finding'), field = $('#find'), list = $('#hits'), layer = $('#textlayer');
let found = null, at = -1, timer = 0, asked = 0;

const remember = () => { if (found) sessionStorage.setItem(KEY, JSON.stringify({ text: field.value, found, at })); else sessionStorage.removeItem(KEY); };
const piece = (tag, kind, text) => Object.assign(document.createElement(tag), { className: kind, textContent: text });

/** The marks over the picture: each hit's letters within the text that lies there, so that they fit as it does. */
function mark() {
  for (const old of $$('mark', layer)) { const span = old.parentElement; old.replaceWith(...old.childNodes); span.normalize(); }
  const here = new Map();
  (found?.hits ?? []).forEach((hit, n) => { if (hit.page === data.page) for (const one of hit.pieces) here.set(one.line, [...(here.get(one.line) ?? []), [one.start, one.end, n]]); });
  for (const [line, places] of here) {
    const span = $(`span[data-line="${line}"]`, layer);
    // Offsets count characters; a rare one takes two units of a script's string.
    const letters = [...span.textContent], pieces = [];
    let done = 0;
    for (const [start, end, n] of places.sort(([one], [other]) => one - other)) {
      const hit = piece('mark', n === at ? 'now' : '', letters.slice(start, end).join(''));
      hit.dataset.hit = n;
      pieces.push(letters.slice(done, start).join(''), hit);
      done = end;
    }
    span.replaceChildren(...pieces, letters.slice(done).join(''));
  }
}

function row(hit, n) {
  const item = document.createElement('li'), button = Object.assign(piece('button', ''), { type: 'button' });
  const words = piece('span', 'x', '');
  words.append(hit.before, piece('mark', '', hit.text), hit.after);
  button.append(piece('span', 'n', t('find.page', { n: hit.page })), words);
  button.addEventListener('click', () => go(n));
  item.append(button);
  return item;
}

function tell() {
  const buttons = $$('button', list);
  for (const old of $$('[aria-current]', list)) old.removeAttribute('aria-current');
  buttons[at]?.setAttribute('aria-current', 'true');
  buttons[at]?.scrollIntoView({ block: 'nearest' });
  const more = found && found.total > found.hits.length ? t('find.more', { n: found.hits.length }) : '';
  $('#find-count').textContent = !found ? '' : found.total ? `${at < 0 ? '–' : at + 1} / ${found.total}${more}` : t('find.none');
}

function show() {
  list.replaceChildren(...(found?.hits ?? []).map(row));
  list.hidden = !found?.hits.length;
  mark();
  tell();
}

/** To a hit: over the picture where its page is open, else its page is opened and shows it. */
function go(n) {
  if (!found?.hits.length) return;
  at = (n + found.hits.length) % found.hits.length;
  remember();
  const hit = found.hits[at];
  if (hit.page !== data.page) {
    const there = new URLSearchParams(location.search);
    there.set('page', hit.page);
    location.assign(`/records/${data.record}?${there}`);
    return;
  }
  mark();
  tell();
  $(`mark[data-hit="${at}"]`, layer)?.scrollIntoView({ block: 'center', inline: 'nearest' });
}

async function search() {
  const text = field.value.trim(), turn = ++asked;
  found = null;
  at = -1;
  if (text) {
    try {
      const answer = await api('POST', `/api/v1/records/${data.record}/find`, { text, version: data.version });
      if (turn !== asked) return;
      found = answer;
    } catch (error) { if (turn === asked) { show(); $('#find-count').textContent = error.message; } return; }
  }
  show();
  remember();
}

/** The first hit from the open page on. */
const nearest = () => { const n = found?.hits.findIndex((hit) => hit.page >= data.page) ?? -1; return n < 0 ? 0 : n; };

async function enter(back) {
  clearTimeout(timer);
  if (timer) { timer = 0; await search(); }
  go(at < 0 ? nearest() : at + (back ? -1 : 1));
}

function open() {
  box.hidden = false;
  field.focus();
  field.select();
}

function close() {
  found = null;
  box.hidden = true;
  field.value = '';
  asked += 1;
  remember();
  show();
  $('#room').focus({ preventScroll: true });
}

if (box) {
  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(() => { timer = 0; search(); }, PAUSE_MS); });
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    // After the first Enter the keys are the page's again: n and N go on.
    if (event.key === 'Enter') { event.preventDefault(); enter(event.shiftKey).then(() => field.blur()); }
    if (event.key === 'Escape') { event.preventDefault(); close(); }
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f' && !document.querySelector('dialog[open]')) { event.preventDefault(); open(); }
  });
  $('#find-next').addEventListener('click', () => enter(false));
  $('#find-previous').addEventListener('click', () => enter(true));
  $('#find-close').addEventListener('click', close);
  $('#open-find').addEventListener('click', open);
  shortcuts({
    '/': open,
    n: () => (found ? go(at < 0 ? nearest() : at + 1) : doubt(1)),
    N: () => (found ? go(at < 0 ? nearest() : at - 1) : false),
    p: () => (found ? go(at < 0 ? nearest() : at - 1) : doubt(-1)),
    Escape: () => (box.hidden ? false : close()),
  });
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  if (kept) {
    ({ found, at } = kept);
    field.value = kept.text;
    box.hidden = false;
    show();
    // A page that was turned to by hand is not left again for the hit.
    if (found.hits[at]?.page === data.page) go(at);
  }
}
