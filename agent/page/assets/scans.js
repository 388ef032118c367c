// What becomes of a handover code (HO1:…) that was scanned from another device, on whatever screen.
import { post, Refused } from '/page/api.js';
import { fill, h, note, say } from '/page/dom.js';
import { t } from '/page/texts.js';
import { cameraButton, scanField } from '/page/scanner.js';

const kHandoverCode = /^HO\d[:/]/;
export const isHandoverCode = (text) => kHandoverCode.test(text.trim());

/**
 * A place to scan the other device. Its codes are read until one message is whole. `offered` gets the reading of an offer
 * for which no half waits here, and the codes; for anything else the transfer that it belongs to is told, and `answered`
 * gets that transfer. `transfer` is the open one, if one is open. The answer's `take` takes a text that was scanned otherwise,
 * `element` is the place with its field and its camera, and `told` only what came of a scan.
 */
export function scanPlace({ transfer, offered, answered }) {
  let codes = [];
  let busy = false;
  const told = h('div', { 'aria-live': 'polite' });

  const take = async (text) => {
    if (busy) return;
    busy = true;
    try {
      await read(text.trim());
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      codes = [];
      tell('bad', t('scan.wrong'), error.message, t('scan.spoken'));
    } finally {
      busy = false;
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
    if (!target) return tell('bad', t('scan.wrong'), t('scan.wrongScreen'));
    answered(await post(`/v1/transfers/${target}/scan`, { codes: whole }), reading);
  };
  const tell = (kind, ...words) => {
    fill(told, note(kind, ...words.map((text) => h('p', {}, text))));
    say(words.join(' '));
  };
  const element = h('div', { class: 'stack' }, cameraButton(take),
    scanField({ id: 'scan-code', label: t('scan.field'), action: t('scan.go'), found: take }),
    h('p', { class: 'soft' }, t('scan.fieldHow')), told);
  return { take, told, element };
}
