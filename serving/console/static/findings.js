// What the rules find in the saved version, as a list of things to do; each leads to its place. It knows no rule.
import { $, api, clock, data, t } from './page.js';
import { same, valueAt } from './turns.js';

/** Findings of one rule that are listed at once: a fresh draft has one for every turn. */
const SHOWN_MOST = 8;
let found = null, refused = false, failed = '';

/** The state whose rules count now: the next one that rules are held to. */
const aim = (state) => ({ draft: 'checked', to_check: 'checked', capturing: 'checked', checked: 'signed', signed: 'sealed' })[state] ?? null;

/** Ask again; `body` is what the server has. */
export async function load(body, now) {
  const wanted = aim(body.state);
  failed = '';
  try { found = wanted ? await api('GET', `/api/v1/records/${data.record}/findings?wanted=${wanted}`) : null; } catch (error) { found = null; failed = error.message; }
  refused = false;
  draw(body, now);
}

/** What a refused step answered, in the place of the list. */
export function refuse(findings, state, body, now) {
  found = { ...found, wanted: state, findings: [...findings, ...(found?.findings ?? []).filter((one) => one.severity === 'warning')] };
  refused = true;
  draw(body, now);
}

/** The value that a finding is about. */
function subject(body, field) {
  const notice = /^notices\.(\w+)$/.exec(field);
  return notice ? body.notices.find((one) => one.code === notice[1]) : valueAt(body, field.replace(/^header\.name$/, 'header.subject.name'));
}

/** Whether that was changed since: it is looked at again when the version is saved. */
const touched = (one, saved, now) => !same(subject(saved, one.field), subject(now, one.field));

export function draw(saved, now) {
  // Between a save and its answer the list stays as it was: what was found in another version says nothing of this one.
  if (found && found.version !== data.version) return;
  const box = $('#findings'), head = $('#findings-head'), list = found?.findings ?? [];
  const open = list.filter((one) => !touched(one, saved, now)), bad = open.filter((one) => one.severity === 'error').length;
  const pending = list.length - open.length, wanted = data.states[found?.wanted] ?? '';
  head.classList.toggle('bad', refused);
  if (failed) head.textContent = failed;
  else if (!found) head.textContent = t('conversation.no_rules');
  else if (!open.length) head.textContent = pending ? t('conversation.all_touched', { wanted }) : t('conversation.none_left', { wanted });
  else if (refused) head.textContent = t('conversation.refused', { n: bad, wanted });
  else head.textContent = t('conversation.left', { n: bad, w: open.length - bad, wanted });
  $('#findings-count').textContent = found && bad ? String(bad) : '';
  $('#findings-note').textContent = pending ? t('conversation.pending', { n: pending }) : '';
  box.dataset.version = found?.version ?? '';
  const rules = new Map();
  for (const one of open) {
    const kind = `${one.rule}${one.severity}`;
    if (rules.has(kind)) rules.get(kind).push(one); else rules.set(kind, [one]);
  }
  const order = [...rules.values()].sort((a, b) => (a[0].severity === 'error' ? 0 : 1) - (b[0].severity === 'error' ? 0 : 1));
  box.replaceChildren(...order.map((ones) => group(ones, now)));
}

function group(ones, now) {
  const item = document.createElement('li'), title = document.createElement('p'), list = document.createElement('ol'), [first] = ones;
  item.className = first.severity;
  title.className = 'rule';
  title.textContent = `${first.rule} ${first.title}${ones.length > 1 ? ` · ${ones.length}` : ''}`;
  title.title = [...first.articles, first.basis].filter(Boolean).join('\n');
  list.append(...ones.slice(0, SHOWN_MOST).map((one) => entry(one, now)));
  item.append(title, list);
  if (ones.length > SHOWN_MOST) {
    const more = document.createElement('p');
    more.className = 'small quiet';
    more.textContent = t('edit.more', { n: ones.length - SHOWN_MOST });
    item.append(more);
  }
  return item;
}

/** The message; a doubt by the name that it has on the paper, not by its code. */
const wording = (one) => (one.field.endsWith('.flags') ? one.message.replace(/[a-z]+(-[a-z]+)*/, (code) => data.labels[code] ?? code) : one.message);

function entry(one, now) {
  const item = document.createElement('li'), go = document.createElement('button'), turn = one.turn && now.turns.find((each) => each.id === one.turn);
  go.type = 'button';
  go.className = 'finding';
  go.dataset.field = one.field;
  if (one.turn) go.dataset.turn = one.turn;
  const at = one.at ?? turn?.spans[0]?.at;
  const said = turn && turn.text_final ? ` “${turn.text_final.slice(0, 18)}${turn.text_final.length > 18 ? '…' : ''}”` : '';
  go.textContent = `${at ? `${clock(at.start_ms / 1000)} ` : ''}${wording(one)}${said}`;
  item.append(go);
  return item;
}
