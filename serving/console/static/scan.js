// A page picture with its text laid over it: selectable where it stands, linked line by line with the list beside it.
import { $, $$, copy, data, shortcuts } from './page.js';

const sheet = $('#sheet'), room = $('#room'), layer = $('#textlayer'), list = $('#lines');
const spans = layer ? $$('span', layer) : [];
const rows = list ? $$('li', list) : [];
let zoom = 1, current = -1;

/** Put each line's text into its box: size from the box's height, stretched to its width, turned as the line is. */
function lay() {
  const pen = document.createElement('canvas').getContext('2d');
  const family = getComputedStyle(layer).fontFamily;
  pen.font = `100px ${family}`;
  spans.forEach((span, n) => {
    const [a, b, , d] = data.boxes[n];
    const width = Math.hypot(b[0] - a[0], b[1] - a[1]), height = Math.hypot(d[0] - a[0], d[1] - a[1]);
    const measured = pen.measureText(span.textContent).width / 100;
    const upright = height > width * 1.6 && span.textContent.length > 1;
    span.style.left = `${(a[0] / data.width) * 100}%`;
    span.style.top = `${(a[1] / data.height) * 100}%`;
    if (upright) {
      span.style.writingMode = 'vertical-rl';
      span.style.fontSize = `${(width / data.width) * 100}cqw`;
      span.style.transform = `scaleY(${height / (measured * width || 1)})`;
      span.style.width = `${(width / data.width) * 100}cqw`;
      return;
    }
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    span.style.fontSize = `${(height / data.width) * 100}cqw`;
    span.style.height = `${(height / data.width) * 100}cqw`;
    span.style.transform = `${Math.abs(angle) > 0.002 ? `rotate(${angle}rad) ` : ''}scaleX(${width / (measured * height || 1)})`;
  });
}

function fit() {
  const across = (room.clientWidth - 32) / data.width, down = (room.clientHeight - 32) / data.height;
  // A page that fits whole is too small to read on a laptop: never narrower than what shows its text.
  const scale = Math.max(Math.min(across, down), Math.min(across, 780 / data.width)) * zoom;
  sheet.style.width = `${Math.round(data.width * scale)}px`;
  sheet.style.aspectRatio = `${data.width} / ${data.height}`;
  $('#zoom').textContent = `${Math.round(zoom * 100)}%`;
}

function setZoom(value) { zoom = Math.max(0.4, Math.min(5, value)); fit(); }

function light(n, { still, focus } = {}) {
  if (current >= 0) { spans[current]?.classList.remove('lit'); rows[current]?.classList.remove('lit'); }
  current = n;
  if (n < 0 || !spans[n]) return;
  spans[n].classList.add('lit');
  rows[n].classList.add('lit');
  if (focus) {
    for (const row of rows) row.tabIndex = -1;
    rows[n].tabIndex = 0;
    rows[n].focus({ preventScroll: true });
  }
  if (still !== 'list') rows[n].scrollIntoView({ block: 'nearest' });
  if (still !== 'page') spans[n].scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function step(direction) {
  light(Math.max(0, Math.min(rows.length - 1, current + direction)), { focus: true });
}

export function doubt(direction) {
  for (let n = current + direction; n >= 0 && n < rows.length; n += direction) {
    if (rows[n].matches('.unsure, .doubtful')) { light(n, { focus: true }); return; }
  }
}

function press(button, name) {
  const on = sheet.classList.toggle(name);
  button.setAttribute('aria-pressed', on);
}

const turn = (id) => { const link = $(`#${id}`); if (!link?.href) return false; location.assign(link.href); return true; };
const ends = (which) => { const links = $$('#thumbs a'); const link = links.at(which); if (link && !link.ariaCurrent) location.assign(link.href); };
const pan = (event, id) => (room.scrollWidth > room.clientWidth + 4 && document.activeElement === room ? false : turn(id));

if (sheet) {
  lay();
  fit();
  new ResizeObserver(fit).observe(room);
  const hit = (event) => event.target.closest('[data-line]');
  layer.addEventListener('mouseover', (event) => { const s = hit(event); if (s && !event.buttons) light(Number(s.dataset.line), { still: 'page' }); });
  list?.addEventListener('mouseover', (event) => { const s = hit(event); if (s) light(Number(s.dataset.line), { still: 'list' }); });
  list?.addEventListener('click', (event) => { const s = hit(event); if (s && !String(getSelection())) light(Number(s.dataset.line), { focus: true }); });
  list?.addEventListener('focusin', (event) => { const s = hit(event); if (s && Number(s.dataset.line) !== current) light(Number(s.dataset.line)); });
  $('#boxes').addEventListener('click', (event) => press(event.currentTarget, 'boxes'));
  $('#show-heat').addEventListener('click', (event) => { press(event.currentTarget, 'heat'); $('#heat-key').hidden = !sheet.classList.contains('heat'); });
  $('#show-text').addEventListener('click', (event) => press(event.currentTarget, 'show-text'));
  $('#zoom-in').addEventListener('click', () => setZoom(zoom * 1.2));
  $('#zoom-out').addEventListener('click', () => setZoom(zoom / 1.2));
  $('#zoom').addEventListener('click', () => setZoom(1));
  $('#copy-page').addEventListener('click', () => copy(rows.map((row) => $('.x', row).textContent).join('\n')));
  document.addEventListener('copy', (event) => {
    // The layer's spans carry line breaks in the document; what is copied should have them too, and nothing else.
    const chosen = getSelection();
    if (!chosen.rangeCount || !layer.contains(chosen.anchorNode)) return;
    event.clipboardData.setData('text/plain', String(chosen).replace(/\n{2,}/g, '\n'));
    event.preventDefault();
  });
}
$('#catalogue [aria-current]')?.scrollIntoView({ block: 'nearest' });
$('#thumbs [aria-current]')?.scrollIntoView({ block: 'center' });

// A link to lines (#line=4,5) lights them: what search results point at.
const asked = /^#line=([\d,]+)$/.exec(location.hash);
if (asked && sheet) {
  const wanted = asked[1].split(',').map(Number);
  light(wanted[0], { focus: true });
  for (const n of wanted) { spans[n]?.classList.add('found'); rows[n]?.classList.add('found'); }
}

shortcuts({
  PageDown: () => turn('next'),
  PageUp: () => turn('previous'),
  ArrowRight: (event) => pan(event, 'next'),
  ArrowLeft: (event) => pan(event, 'previous'),
  '[': () => turn('previous-document'),
  ']': () => turn('next-document'),
  Home: () => ends(0),
  End: () => ends(-1),
  ArrowDown: () => (rows.length ? step(1) : false),
  ArrowUp: () => (rows.length ? step(-1) : false),
  '+': () => setZoom(zoom * 1.2),
  '=': () => setZoom(zoom * 1.2),
  '-': () => setZoom(zoom / 1.2),
  0: () => setZoom(1),
  r: () => turn('review'),
  c: () => turn('board'),
  h: () => sheet && $('#show-heat').click(),
  b: () => sheet && $('#boxes').click(),
  t: () => sheet && $('#show-text').click(),
});
