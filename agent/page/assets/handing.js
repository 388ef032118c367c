// The form of a handover, for both sides: who, where, what. It is kept while it is filled in, and sent once.
import { getAll, Refused } from '/page/api.js';
import { field, fill, go, h, note, once, pointOut, say, title } from '/page/dom.js';
import { dropDraft, keepDraft, readDraft, sendDraft } from '/page/drafts.js';
import { itemOf, lineEditor, lineOf } from '/page/lines.js';
import { t } from '/page/texts.js';
import { nameOf } from '/page/words.js';
import { listenToScanner } from '/page/scanner.js';
import { isHandoverCode, scanPlace } from '/page/scans.js';

const kPartnersMax = 4;
const kRecordsLookedAt = 200;
const kEmpty = { user: '', first: '', last: '', place: '', own: '', scannedFrom: '', scanned: [], offered: '', lines: [] };

/** What is known of a form before the person has typed anything: used to count again, or to offer what was counted. */
export function prefill(direction, transfer) {
  const outbound = direction === 'outbound';
  keepDraft(direction, { ...kEmpty, user: transfer.TransferTech.UserID, first: transfer.TransferTech.FirstName ?? '',
    last: transfer.TransferTech.LastName ?? '', place: outbound ? transfer.ToStorageLocation : transfer.FromStorageLocation,
    own: outbound ? transfer.FromStorageLocation : transfer.ToStorageLocation, lines: transfer.Items.map(lineOf) });
}

/** What the API takes for `draft`. */
export function requestOf(direction, draft, ownPlace) {
  const own = draft.own || ownPlace;
  const outbound = direction === 'outbound';
  const request = { direction, transfer: {
    FromStorageLocation: outbound ? own : draft.place, ToStorageLocation: outbound ? draft.place : own,
    TransferTech: { UserID: draft.user, FirstName: draft.first, LastName: draft.last }, Items: draft.lines.map(itemOf) } };
  if (draft.scanned.length > 0) request.scanned = draft.scanned;
  return request;
}

export async function openForm(page, direction) {
  const outbound = direction === 'outbound';
  const draft = readDraft(direction, kEmpty);
  const ownPlace = page.status.device.storage_location;
  const [partners, stock] = await Promise.all([
    recentPartners(page.status), outbound ? getAll(`/v1/stock?limit=500&location=${encodeURIComponent(ownPlace)}`) : []]);
  let errors = [];

  const changed = () => keepDraft(direction, draft);
  const wrongAt = (pointer) => errors.find((error) => error.pointer === `/transfer/${pointer}`)?.detail;
  const wrongLine = (n, name) => wrongAt(name ? `Items/${n}/${name}` : `Items/${n}`);
  const place = outbound ? 'ToStorageLocation' : 'FromStorageLocation';

  const send = async () => {
    try {
      const transfer = await sendDraft(direction, draft, '/v1/transfers', requestOf(direction, draft, ownPlace));
      go(`#/transfer/${transfer.id}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      errors = error.errors;
      show();
      pointOut(errors);
    }
  };
  const offered = (reading, codes) => {
    const { transfer } = reading;
    Object.assign(draft, { user: reading.from.UserID, first: reading.from.FirstName, last: reading.from.LastName,
      place: transfer.FromStorageLocation, own: transfer.ToStorageLocation, scanned: codes, scannedFrom: nameOf(reading.from),
      lines: transfer.Items.map(lineOf) });
    draft.offered = JSON.stringify(draft.lines);
    errors = [];
    changed();
    show();
    say(t('form.fromScan', { name: draft.scannedFrom }));
  };
  const clear = () => {
    Object.assign(draft, structuredClone(kEmpty), { sent: '', key: '' });
    errors = [];
    dropDraft(direction);
    show();
  };
  const general = () => {
    const shown = ['TransferTech/UserID', 'TransferTech/FirstName', 'TransferTech/LastName', place];
    const rest = errors.filter(({ pointer }) => !shown.includes(pointer.replace('/transfer/', '')) && !/^\/transfer\/Items\/\d+/.test(pointer));
    return rest.length ? note('bad', rest.map((error) => h('p', {}, error.detail))) : null;
  };
  const difference = h('div', {});
  const showDifference = () => fill(difference, draft.scanned.length && JSON.stringify(draft.lines) !== draft.offered
    ? note('warn', h('p', {}, t('form.changed'))) : null);
  const linesChanged = () => { changed(); showDifference(); };

  const scan = scanPlace({ offered, answered: (transfer) => go(`#/transfer/${transfer.id}`) });
  const other = (text) => {
    if (outbound || !isHandoverCode(text)) return false;
    scan.take(text);
    return true;
  };

  const show = () => {
    showDifference();
    const parts = lineEditor({ lines: draft.lines, stock, changed: linesChanged, wrong: wrongLine, other });
    page.whenLeft(listenToScanner(parts.take));
    page.show(title(t(outbound ? 'form.out' : 'form.in')), general(),
      outbound || draft.scanned.length ? null : scanner(page, scan),
      draft.scanned.length ? note('', h('p', {}, t('form.fromScan', { name: draft.scannedFrom }))) : who({ draft, partners, outbound, changed, show, wrongAt, place }),
      h('h2', {}, t(outbound ? 'form.what' : 'form.whatIn')),
      parts.element, difference,
      h('p', {}, h('button', { type: 'button', class: 'main', onclick: once(send) }, t(outbound ? 'form.showCode' : 'form.counted'))),
      h('p', {}, h('button', { type: 'button', class: 'wide bad', onclick: clear }, t('form.clear'))));
  };
  show();
}

function scanner(page, scan) {
  if (!page.status.enrollment) return null;
  return h('details', { class: 'card', open: true }, h('summary', {}, t('form.scanOffer')), scan.element);
}

function who({ draft, partners, outbound, changed, show, wrongAt, place }) {
  const isChosen = (partner) => partner.user === draft.user && partner.place === draft.place;
  const known = partners.some(isChosen);
  const choose = (partner) => { Object.assign(draft, partner); changed(); show(); };
  const somebodyElse = partners.length === 0 || draft.other || (draft.user && !known);
  const choice = (pressed, action, ...words) => h('button', { type: 'button', class: 'choice', 'aria-pressed': String(Boolean(pressed)), onclick: action }, ...words);
  const input = (label, name, wrong) => field(label, { id: `who-${name}`, value: draft[name],
    oninput: (event) => { draft[name] = event.target.value.trim(); draft.other = true; changed(); } }, wrong && wrongAt(wrong));
  return h('fieldset', {}, h('legend', {}, h('h2', {}, t(outbound ? 'form.whoOut' : 'form.whoIn'))),
    h('div', { class: 'choices' }, partners.map((partner) => choice(!draft.other && isChosen(partner), () => choose({ ...partner, other: false }),
      h('strong', {}, partner.name), h('span', { class: 'soft' }, partner.place))),
      partners.length ? choice(somebodyElse, () => choose({ user: '', first: '', last: '', place: '', other: true }), h('strong', {}, t('form.somebodyElse'))) : null),
    somebodyElse ? h('div', {}, input(t('form.user'), 'user', 'TransferTech/UserID'), input(t(outbound ? 'form.placeOut' : 'form.placeIn'), 'place', place),
      h('details', {}, h('summary', {}, t('form.names')), input(t('form.first'), 'first', 'TransferTech/FirstName'), input(t('form.last'), 'last', 'TransferTech/LastName'))) : null);
}

/** Whom this device has dealt with lately, the latest first. */
async function recentPartners(status) {
  const after = Math.max(0, status.store.records - kRecordsLookedAt);
  const records = await getAll(`/v1/records?limit=${kRecordsLookedAt}&after=${after}`);
  const partners = new Map();
  for (const { body } of records.reverse()) {
    const transfer = body?.transfer;
    if (!transfer || !body.direction || body.origin) continue;
    const place = body.direction === 'outbound' ? transfer.ToStorageLocation : transfer.FromStorageLocation;
    const tech = transfer.TransferTech;
    const key = JSON.stringify([tech.UserID, place]);
    if (!partners.has(key)) partners.set(key, { user: tech.UserID, first: tech.FirstName, last: tech.LastName, place, name: nameOf(tech) });
  }
  return [...partners.values()].slice(0, kPartnersMax);
}
