// The seals of a page over its picture: box, shape and the letters that were read, lit from the list beside it.
import { $, $$, data, shortcuts } from './page.js';
import { drawn, toggled } from './overlay.js';

const layer = $('#seallayer'), button = $('#show-seals'), seals = data.seals ?? [];

/** The words of a seal under its box, as wide as the box at least. */
function label(words, box) {
  const found = Object.assign(document.createElement('span'), { textContent: words });
  const xs = box.map(([x]) => x), ys = box.map(([, y]) => y);
  found.style.left = `${(100 * (Math.min(...xs) + Math.max(...xs))) / 2 / data.width}%`;
  found.style.top = `${(100 * Math.max(...ys)) / data.height}%`;
  return found;
}

if (layer && button) {
  const groups = drawn(layer, seals.map((seal) => [seal.box])), show = toggled(layer, button);
  const labels = seals.map((seal) => label(seal.words, seal.box));
  layer.append(...labels);
  for (const row of $$('#seals li')) {
    const n = Number(row.dataset.seal);
    row.addEventListener('pointerenter', () => { show(true); groups[n].classList.add('lit'); labels[n].classList.add('lit'); });
    row.addEventListener('pointerleave', () => { groups[n].classList.remove('lit'); labels[n].classList.remove('lit'); });
    row.addEventListener('click', () => { show(true); labels[n].scrollIntoView({ block: 'center' }); });
  }
  shortcuts({ z: () => show(layer.hidden) });
}
