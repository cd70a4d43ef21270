// A clip with what was counted in it: tracks lead to their seconds, boxes are drawn over the original, bars show when.
import { $, $$, data, shortcuts } from './page.js';
import { control, media, seek, toggle } from './player.js';

const SVG = 'http://www.w3.org/2000/svg';
const scrub = $('#scrub'), overlay = $('#overlay'), source = $('#source'), switchOn = $('#overlay-on');
const rows = $$('tr.track');
const heads = $$('.timeline .head');
const shapes = new Map();
/** A track that was not seen for this long is not drawn between its points. */
const GAP_S = 1.5;

function boxAt(path, time) {
  if (time < path[0][0] - 0.02 || time > path.at(-1)[0] + 0.1) return null;
  let low = 0, high = path.length - 1;
  while (low < high) { const mid = (low + high + 1) >> 1; if (path[mid][0] <= time) low = mid; else high = mid - 1; }
  const a = path[low], b = path[low + 1];
  if (!b || b[0] - a[0] > GAP_S) return time - a[0] < 0.5 ? a.slice(1) : null;
  const part = Math.max(0, Math.min(1, (time - a[0]) / (b[0] - a[0] || 1)));
  return [1, 2, 3, 4].map((n) => a[n] + (b[n] - a[n]) * part);
}

function shape(path) {
  const group = document.createElementNS(SVG, 'g');
  const add = (name, className) => { const e = document.createElementNS(SVG, name); if (className) e.setAttribute('class', className); group.append(e); return e; };
  const box = add('rect', 'box'), plate = add('rect', 'plate'), text = add('text');
  text.textContent = `${path.label} ${path.id}`;
  overlay.append(group);
  return { group, box, plate, text };
}

const set = (element, values) => { for (const [name, value] of Object.entries(values)) element.setAttribute(name, value); };

function draw(time) {
  const on = switchOn.getAttribute('aria-pressed') === 'true';
  const unit = data.width / (overlay.clientWidth || data.width);
  for (const path of data.paths ?? []) {
    const box = on && path.path.length ? boxAt(path.path, time) : null;
    let drawn = shapes.get(path.id);
    if (!box) { if (drawn) drawn.group.remove(); shapes.delete(path.id); continue; }
    if (!drawn) { drawn = shape(path); shapes.set(path.id, drawn); }
    const [left, top, right, bottom] = box, high = 17 * unit;
    set(drawn.box, { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) });
    set(drawn.plate, { x: left, y: Math.max(0, top - high), height: high, width: (drawn.text.textContent.length * 9 + 10) * unit, fill: '#ffd34d' });
    set(drawn.text, { x: left + 4 * unit, y: Math.max(0, top - high) + 12.5 * unit, 'font-size': 12 * unit });
  }
}

/** Lay the overlay exactly over the picture inside the player, whatever bars the player leaves. */
function place() {
  if (!data.width) return;
  const room = media.getBoundingClientRect(), frame = $('#screen').getBoundingClientRect();
  const scale = Math.min(room.width / data.width, room.height / data.height);
  const width = data.width * scale, height = data.height * scale;
  overlay.style.width = `${width}px`;
  overlay.style.height = `${height}px`;
  overlay.style.left = `${room.left - frame.left + (room.width - width) / 2}px`;
  overlay.style.top = `${room.top - frame.top + (room.height - height) / 2}px`;
  overlay.setAttribute('viewBox', `0 0 ${data.width} ${data.height}`);
  draw(media.currentTime);
}

function onTime(time) {
  const x = data.duration ? (Math.min(time, data.duration) / data.duration) * 240 : 0;
  scrub.value = time;
  for (const head of heads) set(head, { x1: x, x2: x });
  for (const row of rows) row.classList.toggle('now', time >= Number(row.dataset.start) - 0.05 && time <= Number(row.dataset.end) + 0.05);
  draw(time);
}

let at = -1;
function to(n) {
  const row = rows[Math.max(0, Math.min(rows.length - 1, n))];
  if (!row) return;
  at = rows.indexOf(row);
  seek(Number(row.dataset.start));
  $('button', row).focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

function toggleOverlay() {
  switchOn.setAttribute('aria-pressed', switchOn.getAttribute('aria-pressed') !== 'true');
  draw(media.currentTime);
}

$('#tracks')?.addEventListener('click', (event) => { const row = event.target.closest('tr.track'); if (row) to(rows.indexOf(row)); });
$('#timeline').addEventListener('click', (event) => {
  const lane = event.target.closest('svg');
  if (!lane) return;
  const box = lane.getBoundingClientRect();
  seek(((event.clientX - box.left) / box.width) * data.duration);
});
switchOn.addEventListener('click', toggleOverlay);
source?.addEventListener('change', () => {
  const time = media.currentTime, chosen = source.selectedOptions[0];
  switchOn.setAttribute('aria-pressed', chosen.dataset.overlay === 'yes');
  media.src = chosen.value;
  media.addEventListener('loadedmetadata', () => seek(time), { once: true });
});
media.addEventListener('error', () => {
  // The original's codec may be none that a browser plays; the annotated copy always is.
  const other = source && [...source.options].find((option) => option.value !== media.getAttribute('src') && !option.dataset.tried);
  if (!other) return;
  other.dataset.tried = 'yes';
  source.value = other.value;
  source.dispatchEvent(new Event('change'));
  $('#media-error').hidden = true;
});
scrub.addEventListener('input', () => seek(Number(scrub.value)));
media.addEventListener('click', toggle);
const full = () => { if (document.fullscreenElement) document.exitFullscreen(); else $('#screen').requestFullscreen().catch(() => {}); };
$('#full').addEventListener('click', full);
new ResizeObserver(place).observe(media);
media.addEventListener('loadedmetadata', place);
shortcuts({
  ArrowDown: () => to(at + 1),
  ArrowUp: () => to(at - 1),
  ',': () => seek(media.currentTime - 1 / (data.fps || 25)),
  '.': () => seek(media.currentTime + 1 / (data.fps || 25)),
  b: toggleOverlay,
  f: full,
});
control(onTime);
place();
// A link to a second (#t=12.5) opens there: what search results point at.
const asked = /^#t=([\d.]+)$/.exec(location.hash);
if (asked) {
  const jump = () => seek(Number(asked[1]));
  if (media.readyState > 0) jump(); else media.addEventListener('loadedmetadata', jump, { once: true });
}
