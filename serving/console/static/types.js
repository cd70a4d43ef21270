// A field that finds a document type: by Chinese words, by pinyin or by its initials, xwbl for 讯问笔录. A combobox after
// the WAI-ARIA pattern: the focus stays in the field, the arrows go through the list, Enter or Tab takes what is lit.
import { $$ } from './page.js';

const MOST = 9;
const NONE = 9;

/** How well a type answers what was typed: 0 is best, NONE not at all. A type is [name, group, initials, pinyin]. */
function rank([name, , initials, pinyin], typed) {
  if (name === typed || initials === typed) return 0;
  if (initials.startsWith(typed)) return 1;
  if (name.startsWith(typed)) return 2;
  if (pinyin.startsWith(typed)) return 3;
  if (name.includes(typed)) return 4;
  if (initials.includes(typed)) return 5;
  if (pinyin.includes(typed)) return 6;
  return inOrder(initials, typed) ? 7 : NONE;
}

function inOrder(whole, letters) {
  let at = -1;
  return [...letters].every((letter) => { at = whole.indexOf(letter, at + 1); return at >= 0; });
}

/** Types that answer what was typed, best first, in the order of binding among their like. */
export function found(types, typed) {
  const wanted = typed.toLowerCase().replace(/[\s'’]/g, '');
  if (!wanted) return types.slice(0, MOST);
  const ranked = types.map((type) => [rank(type, wanted), type]).filter(([place]) => place < NONE);
  return ranked.sort(([one], [other]) => one - other).slice(0, MOST).map(([, type]) => type);
}

/** Make `input` look types up in `types` and show them in `list`; `chosen(name)` hears what was taken. */
export function lookUp(input, list, types, chosen) {
  let shown = [], at = 0, fresh = false;

  function light(n) {
    at = Math.max(0, Math.min(shown.length - 1, n));
    for (const [k, row] of $$('[role=option]', list).entries()) row.setAttribute('aria-selected', k === at);
    input.setAttribute('aria-activedescendant', shown.length ? `${list.id}-${at}` : '');
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }

  function show() {
    shown = found(types, input.value);
    list.replaceChildren(...shown.map(([name, group, initials], n) => option(`${list.id}-${n}`, name, group, initials)));
    list.hidden = !shown.length;
    input.setAttribute('aria-expanded', Boolean(shown.length));
    light(0);
  }

  function hide() {
    list.hidden = true;
    input.setAttribute('aria-expanded', false);
    input.setAttribute('aria-activedescendant', '');
  }

  function take(n = at) {
    if (list.hidden || !shown[n]) return;
    input.value = shown[n][0];
    fresh = false;
    hide();
    chosen(input.value);
  }

  input.addEventListener('input', () => { fresh = true; show(); });
  // Only what was typed is exchanged for its type: a field that was merely passed through keeps what it says.
  input.addEventListener('blur', () => { if (fresh) take(); else hide(); });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) { show(); return; }
      light(at + (event.key === 'ArrowDown' ? 1 : -1));
      fresh = true;
    } else if (event.key === 'Enter' && fresh) take();
    else if (event.key === 'Escape' && !list.hidden) { event.preventDefault(); event.stopPropagation(); hide(); }
  });
  list.addEventListener('pointerdown', (event) => {
    const hit = event.target.closest('[role=option]');
    if (hit) { event.preventDefault(); take([...list.children].indexOf(hit)); }
  });
  return { hide: () => { fresh = false; hide(); } };
}

function option(id, name, group, initials) {
  const row = document.createElement('li');
  const piece = (kind, text) => Object.assign(document.createElement('span'), { className: kind, textContent: text });
  Object.assign(row, { id, role: 'option' });
  row.append(piece('x', name), piece('quiet small', group), piece('mono quiet', initials));
  return row;
}
