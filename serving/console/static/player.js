// A player under the keyboard: play, five seconds, speed, the clock; shared by transcripts and traffic records.
import { $, clock, shortcuts } from './page.js';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
export const media = $('#media');

export function seek(seconds, play = false) {
  const end = Number.isFinite(media.duration) ? media.duration : seconds;
  media.currentTime = Math.max(0, Math.min(seconds, end));
  if (play) media.play().catch(() => {});
}

export const toggle = () => { if (media.paused) media.play().catch(() => {}); else media.pause(); };
export const skip = (seconds) => seek(media.currentTime + seconds);

const BACK_SECONDS = 3;
export const back = () => skip(-BACK_SECONDS);

/** The keys of a foot pedal, which work while one writes as well; `play` starts and stops. */
export const pedals = (play) => ({ F2: () => speed(-1), F3: () => speed(1), F7: back, F8: () => skip(BACK_SECONDS), F9: play });

export function speed(step) {
  const at = SPEEDS.indexOf(media.playbackRate);
  media.playbackRate = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at === -1 ? 2 : at) + step))];
}

/** Wire the buttons and keys; `onTime(seconds)` is called on each frame while playing and after each seek. */
export function control(onTime) {
  const play = $('#play'), rate = $('#speed'), time = $('#clock');
  const tell = () => { time.textContent = clock(media.currentTime); onTime(media.currentTime); };
  const loop = () => { tell(); if (!media.paused) requestAnimationFrame(loop); };
  const label = () => { play.textContent = media.paused ? play.dataset.play : play.dataset.pause; };
  media.addEventListener('play', () => { label(); loop(); });
  media.addEventListener('pause', label);
  for (const name of ['seeked', 'seeking', 'timeupdate', 'loadedmetadata']) media.addEventListener(name, tell);
  media.addEventListener('ratechange', () => { rate.textContent = `${media.playbackRate}×`; });
  media.addEventListener('error', () => { $('#media-error').hidden = false; });
  if (media.error) $('#media-error').hidden = false;
  play.addEventListener('click', toggle);
  $('#back').addEventListener('click', () => skip(-5));
  $('#forward').addEventListener('click', () => skip(5));
  rate.addEventListener('click', () => { if (media.playbackRate >= 2) media.playbackRate = SPEEDS[0]; else speed(1); });
  // A focused button would take Space for itself; here it always plays, and Enter presses buttons.
  document.addEventListener('keyup', (event) => { if (event.key === ' ' && event.target.tagName === 'BUTTON') event.preventDefault(); });
  shortcuts({
    ' ': toggle,
    ArrowLeft: () => skip(-5),
    ArrowRight: () => skip(5),
    '[': () => speed(-1),
    ']': () => speed(1),
  });
}
