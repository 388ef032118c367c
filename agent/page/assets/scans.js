// What becomes of a handover code (HO1:…) that was scanned from another device, on whatever screen.
import { post, Refused } from '/page/api.js';
import { fill, go, h, note, say } from '/page/dom.js';
import { t } from '/page/texts.js';
import { cameraButton, scanField } from '/page/scanner.js';

const kHandoverCode = /^HO\d[:/]/;

/** A handover code that is scanned where nothing is done with it opens the form that takes it. */
let forReceive = '';
export function scanToReceive(text) {
  if (!kHandoverCode.test(text.trim())) return;
  forReceive = text;
  go('#/in');
}
export function takeForReceive(take) {
  if (forReceive) take(forReceive);
  forReceive = '';
}

/**
 * A place to scan the other device. Its codes are read until one message is whole. `offered` gets the reading of an offer
 * for which no half waits here, and the codes; for anything else the transfer that it belongs to is told, and `answered`
 * gets that transfer. `transfer` is the open one, if one is open. The answer's `take` takes a text that was scanned otherwise,
 * `takeOwn` does if it is a handover code, and says whether it was;
 * `element` is the field and the camera, and `told` what came of a scan, which must be seen whether that is open or not.
 */
export function scanPlace({ transfer, offered, answered }) {
  let codes = [];
  let before = Promise.resolve();
  const told = h('div', { 'aria-live': 'polite' });

  // One after the other: a scanner is quicker than the agent.
  const take = (text) => {
    before = before.then(() => takeOne(text.trim()));
    return before;
  };
  const takeOne = async (text) => {
    try {
      await read(text);
    } catch (error) {
      codes = [];
      if (!(error instanceof Refused)) return Promise.reject(error);
      tell('bad', t('scan.wrong'), error.message, t('scan.spoken'));
    }
  };
  const read = async (text) => {
    if (!codes.includes(text)) codes.push(text);
    const reading = await post('/v1/scans', { codes });
    if (reading.kind === 'incomplete') {
      return tell('', t('scan.incomplete', { have: reading.have.length, of: reading.of }));
    }
    const whole = codes;
    codes = [];
    const id = reading.transfer_id ?? null;
    if (reading.kind === 'offer' && id === null && offered) return offered(reading, whole);
    const target = id ?? transfer?.id;
    if (!target) return tell('bad', t('scan.wrong'), t(reading.kind === 'offer' ? 'scan.offerElsewhere' : 'scan.wrongScreen'));
    answered(await post(`/v1/transfers/${target}/scan`, { codes: whole }), reading);
  };
  const tell = (kind, ...words) => {
    fill(told, note(kind, ...words.map((text) => h('p', {}, text))));
    say(words.join(' '));
  };
  const takeOwn = (text) => {
    if (!kHandoverCode.test(text.trim())) return false;
    take(text);
    return true;
  };
  const element = h('div', { class: 'stack' }, cameraButton(take),
    scanField({ id: 'scan-code', label: t('scan.field'), action: t('scan.go'), found: take }),
    h('p', { class: 'soft' }, t('scan.fieldHow')));
  return { take, takeOwn, told, element };
}
