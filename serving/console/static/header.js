// The header of a 笔录 as a form: each input knows the path of its value. It changes no record itself: it says what was typed.
import { $, $$ } from './page.js';
import { valueAt } from './turns.js';

const CHINA_MS = 8 * 3600 * 1000;
const inputs = () => $$('[data-path]');
/** A person that is named on paper: without a name there is nobody, however much is known of them. */
const NAMED = ['header.recorder', 'header.av_operator', 'header.interpreter'];
const split = (text) => text.split(/[、，,;；\s]+/).filter(Boolean);

/** Legal time in China, to the minute, as an input of the browser takes it. */
function local(text) {
  const at = new Date(text && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}+08:00` : text ?? '');
  return Number.isNaN(at.valueOf()) ? '' : new Date(at.valueOf() + CHINA_MS).toISOString().slice(0, 16);
}

const shown = {
  moment: local,
  names: (officers) => officers.map((one) => one.name).join('、'),
  units: (officers) => [...new Set(officers.map((one) => one.unit).filter(Boolean))].join('、'),
  answer: (value) => (value === null || value === undefined ? '' : String(value)),
};
const typed = {
  moment: (text) => (text ? `${text}+08:00` : null),
  number: (text) => Math.max(1, Math.trunc(Number(text)) || 1),
  answer: (text) => (text === '' ? null : text === 'true'),
  names: (text, officers) => split(text).map((name) => officers.find((one) => one.name === name) ?? { name, unit: officers[0]?.unit ?? null }),
  units: (text, officers) => officers.map((one) => ({ ...one, unit: text || null })),
};

/** Put the values of `body` into the inputs; the one that is being typed in keeps what it has. */
export function fill(body, writable) {
  for (const input of inputs()) {
    const { path, kind } = input.dataset, value = valueAt(body, path);
    input.disabled = !writable(path);
    if (input === document.activeElement) continue;
    if (kind === 'check') input.checked = value === true;
    else input.value = shown[kind] ? shown[kind](value) : value ?? '';
    input.classList.toggle('blank', !input.disabled && input.value === '' && kind !== 'check');
  }
}

/** What an input says, as [path, value]; a person without a name is nobody. */
export function told(input, body) {
  const { path, kind } = input.dataset, text = input.value.trim(), before = valueAt(body, path);
  if (kind === 'check') return [path, input.checked];
  const owner = NAMED.find((one) => path.startsWith(`${one}.`));
  if (owner && path.endsWith('.name') && !text) return [owner, null];
  if (owner && !path.endsWith('.name') && !valueAt(body, `${owner}.name`)) return null;
  if (typed[kind]) return [path, typed[kind](text, before)];
  const must = ['header.agency', 'header.place.name', 'header.subject.name'].includes(path);
  return [path, text || (must ? '' : null)];
}

/** The input for the value that a finding names: the very one, else one beneath it, else one whose name ends so. */
export function inputFor(field) {
  const known = { 'header.name': 'header.subject.name', 'header.place': 'header.place.name' }[field] ?? field;
  const all = inputs();
  return all.find((input) => input.dataset.path === known) ?? all.find((input) => input.dataset.path.startsWith(`${known}.`)) ?? null;
}

export const firstBlank = () => inputs().find((input) => !input.disabled && input.checkVisibility() && input.value === '' && input.dataset.kind !== 'check') ?? $('[data-path]');
