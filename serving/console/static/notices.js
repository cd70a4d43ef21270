// What a person is to be told (告知事项), beside the turns: which turn told it, and who says so. It knows no rule.
import { $, $$, t } from './page.js';

const items = () => $$('#notices > li');

export function fill(body, writable) {
  for (const [n, item] of items().entries()) {
    const notice = body.notices[n], place = body.turns.findIndex((turn) => turn.id === notice?.turn), turn = body.turns[place];
    const box = $('input', item);
    box.checked = Boolean(notice?.confirmed_by);
    box.disabled = !writable || !turn;
    $('.given', item).hidden = !turn;
    $('.given', item).dataset.turn = turn?.id ?? '';
    $('.given', item).textContent = turn ? t('conversation.given', { n: place + 1, text: turn.text_final.slice(0, 16) }) : '';
    $('.not-given', item).hidden = Boolean(turn);
    $('.here', item).hidden = !writable;
  }
}

const withNotice = (body, n, values) => ({ ...body, notices: body.notices.map((one, k) => (k === n ? { ...one, ...values } : one)) });

/** `page` answers become(from the record to the record), here(record) and jump(turn). */
export function listen(page, me) {
  $('#notices').addEventListener('change', (event) => {
    const n = items().indexOf(event.target.closest('li'));
    page.become((body) => withNotice(body, n, { confirmed_by: event.target.checked ? me : null }));
  });
  $('#notices').addEventListener('click', (event) => {
    const button = event.target.closest('button'), n = items().indexOf(event.target.closest('li'));
    if (button?.matches('.given')) page.jump(button.dataset.turn);
    else if (button?.matches('.here')) {
      page.become((body) => {
        const [turn, after] = page.here(body);
        return withNotice(body, n, { turn: turn.id, answer: after?.role === 'answer' ? after.text_final : null, confirmed_by: me });
      });
    }
  });
}
