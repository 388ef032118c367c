// What the agent answers, in words: times, names, states, counts.
import { hasText, language, t } from '/page/texts.js';

const kMinute = 60_000;
const kHour = 60 * kMinute;

export function when(time) {
  const date = new Date(time);
  const ago = Date.now() - date.getTime();
  if (ago < 0) return clock(date);
  if (ago < kMinute) return t('time.now');
  if (ago < kHour) return t('time.minutes', { n: Math.floor(ago / kMinute) });
  if (ago < 6 * kHour) return t('time.hours', { n: Math.floor(ago / kHour) });
  return clock(date);
}

export function whenNext(time) {
  const date = new Date(time);
  return date.getTime() - Date.now() < kMinute ? t('time.soon') : clock(date);
}

export function clock(date) {
  const day = date.toDateString() === new Date().toDateString() ? {} : { weekday: 'short', day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(language, { ...day, hour: '2-digit', minute: '2-digit', hour12: false }).format(date);
}

export function nameOf(technician) {
  const name = `${technician?.FirstName ?? ''} ${technician?.LastName ?? ''}`.trim();
  return name || technician?.UserID || '?';
}

export const laneName = (lane) => lane.label || lane.name;
export const waitingIn = (status) => status.lanes.reduce((sum, lane) => sum + lane.pending + lane.unknown, 0);
export const needsPersonIn = (status) => status.lanes.reduce((sum, lane) => sum + lane.needs_person, 0);
export const refusedIn = (status) => status.lanes.reduce((sum, lane) => sum + lane.quarantined, 0);
/** Whether this device can take handover codes (HO1:…) at all. */
export const readsQr = ({ enrollment }) => enrollment !== null && enrollment.state !== 'unusable';
export const stateWord = (state) => (hasText(`state.${state}`) ? t(`state.${state}`) : state);

export function stateClass(state) {
  if (state === 'quarantined') return 'stuck';
  return ['pending', 'in_flight', 'unknown'].includes(state) ? 'waits' : 'done';
}

/** For finding what a person typed among what is there. The agent alone decides what is the same. */
export const fold = (text) => text.normalize('NFKC').toLowerCase().trim();

/** One line of a list, without its quantity: serial number and batch. */
export function particulars(item) {
  const parts = [];
  if (item.SerialNum) parts.push(t('lines.serialIs', { serial: item.SerialNum }));
  if (item.BatchNum) parts.push(t('lines.batchIs', { batch: item.BatchNum }));
  return parts.join(', ');
}

export const groups = (code) => code.match(/.{1,4}/g) ?? [];
