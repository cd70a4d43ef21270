// The audit trail: v starts the check, which runs on the server and may read gigabytes, so the page says so.
import { $, shortcuts } from './page.js';

const form = $('#verify-form'), button = $('#verify');
form.addEventListener('submit', () => {
  $('#verify-busy').hidden = false;
  // The form still has to go out with the button enabled.
  setTimeout(() => { button.disabled = true; }, 0);
});
shortcuts({ v: () => { if (!button.disabled) form.requestSubmit(); } });
