// The list of cases: n opens the form, the arrows walk the rows.
import { $, $$, shortcuts } from './page.js';

const links = () => $$('#cases tbody tr:not([hidden]) a');
function walk(step) {
  const all = links(), at = all.indexOf(document.activeElement);
  (all[at + step] ?? all[at === -1 ? 0 : at])?.focus();
}
shortcuts({
  n: () => $('[data-open=new-case]')?.click(),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
});
