// The tables of a page: their cells drawn over its picture, and each copied as a table or as text with tabs.
import { $, $$, copy, data, shortcuts, t, toast } from './page.js';

const layer = $('#tablelayer'), button = $('#show-tables');
const NS = 'http://www.w3.org/2000/svg';
const tables = data.tables ?? [];

function draw() {
  const picture = document.createElementNS(NS, 'svg');
  picture.setAttribute('viewBox', `0 0 ${data.width} ${data.height}`);
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  for (const table of tables) {
    const group = picture.appendChild(document.createElementNS(NS, 'g'));
    for (const cell of table.cells) {
      const shape = group.appendChild(document.createElementNS(NS, 'polygon'));
      shape.setAttribute('points', cell.box.map(([x, y]) => `${x},${y}`).join(' '));
    }
  }
  layer.append(picture);
}

/** Rows of texts, a merged cell's text in its first place: what a spreadsheet takes when text is pasted. */
function tabbed(table) {
  const rows = [];
  for (const cell of table.cells) {
    for (let row = cell.row; row < cell.row + cell.row_span; row++) {
      rows[row] ??= [];
      for (let column = cell.col; column < cell.col + cell.col_span; column++) rows[row][column] = '';
    }
    rows[cell.row][cell.col] = cell.text.replace(/\s+/g, ' ');
  }
  return rows.map((row) => Array.from(row, (text) => text ?? '').join('\t')).join('\n');
}

async function copyTable(table) {
  try {
    const blob = (text, type) => new Blob([text], { type });
    await navigator.clipboard.write([new ClipboardItem({ 'text/html': blob(table.html, 'text/html'), 'text/plain': blob(tabbed(table), 'text/plain') })]);
    toast(t('copied'));
  } catch {
    // Without HTTPS a page may write plain text alone.
    await copy(tabbed(table));
  }
}

function show(on) {
  layer.hidden = !on;
  button.setAttribute('aria-pressed', on);
}

if (layer && button) {
  draw();
  button.addEventListener('click', () => show(layer.hidden));
  const groups = $$('g', layer);
  for (const row of $$('#tables li')) {
    const group = groups[Number(row.dataset.table)];
    row.addEventListener('pointerenter', () => { show(true); group.classList.add('lit'); });
    row.addEventListener('pointerleave', () => group.classList.remove('lit'));
  }
  $('#tables').addEventListener('click', (event) => {
    const hit = event.target.closest('[data-copy-table]');
    if (hit) copyTable(tables[Number(hit.dataset.copyTable)]);
  });
  shortcuts({ g: () => show(layer.hidden) });
}
