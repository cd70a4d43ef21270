// The tables of a page: their cells drawn over its picture, and each copied as a table or as text with tabs.
import { $, $$, copy, data, shortcuts, t, toast } from './page.js';
import { drawn, toggled } from './overlay.js';

const layer = $('#tablelayer'), button = $('#show-tables');
const tables = data.tables ?? [];

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

if (layer && button) {
  const groups = drawn(layer, tables.map((table) => table.cells.map((cell) => cell.box))), show = toggled(layer, button);
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
