// Shapes drawn over a page picture, in the pixels of the page; knows neither tables nor seals.
import { data } from './page.js';

const NS = 'http://www.w3.org/2000/svg';

/** An svg in `layer` as large as the page, with a group of polygons for each list of boxes; answers the groups. */
export function drawn(layer, groups) {
  const picture = document.createElementNS(NS, 'svg');
  picture.setAttribute('viewBox', `0 0 ${data.width} ${data.height}`);
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  const made = groups.map((boxes) => {
    const group = picture.appendChild(document.createElementNS(NS, 'g'));
    for (const box of boxes) group.appendChild(document.createElementNS(NS, 'polygon')).setAttribute('points', box.map(([x, y]) => `${x},${y}`).join(' '));
    return group;
  });
  layer.append(picture);
  return made;
}

/** A layer and its button: pressed shows it. Answers show(on). */
export function toggled(layer, button) {
  const show = (on) => { layer.hidden = !on; button.setAttribute('aria-pressed', on); };
  button.addEventListener('click', () => show(layer.hidden));
  return show;
}
