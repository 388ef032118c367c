// The form of a handover, for both sides: who, where, what. It is kept while it is filled in, and sent once.
import { get, getAll, post, Refused } from '/page/api.js';
import { canonicalRows } from '/page/canonical.js';
import { field, fill, go, goInstead, h, note, once, pointOut, say, title } from '/page/dom.js';
import { dropDraft, hasDraft, keepDraft, readDraft, sendDraft } from '/page/drafts.js';
import { itemOf, lineEditor, lineOf, markLines } from '/page/lines.js';
import { t } from '/page/texts.js';
import { fold, nameOf, readsQr } from '/page/words.js';
import { listenToScanner } from '/page/scanner.js';
import { scanPlace, takeForReceive } from '/page/scans.js';

const kPartnersMax = 4;
const kRecordsLookedAt = 200;
const kEmpty = { user: '', first: '', last: '', place: '', own: '', scannedFrom: '', scanned: [], offered: [], lines: [] };

/** Where a form is kept: there is one for each direction, and one for each transfer that a form is to replace. */
const nameOfForm = (direction, instead) => (instead ? `${direction}.${instead}` : direction);
export const formAgain = ({ direction, id }) => `#/${direction === 'outbound' ? 'out' : 'in'}/${id}`;
export const hasForm = ({ direction, id }) => hasDraft(nameOfForm(direction, id));

export const dropForm = ({ direction, id }) => dropDraft(nameOfForm(direction, id));

/** The form that is to replace `transfer`: as it was left, or with that transfer's list. */
export function beginAgain({ id, direction, transfer }) {
  const outbound = direction === 'outbound';
  const form = readDraft(nameOfForm(direction, id), { ...kEmpty, user: transfer.TransferTech.UserID,
    first: transfer.TransferTech.FirstName ?? '', last: transfer.TransferTech.LastName ?? '',
    place: outbound ? transfer.ToStorageLocation : transfer.FromStorageLocation,
    own: outbound ? transfer.FromStorageLocation : transfer.ToStorageLocation, lines: transfer.Items.map(lineOf) });
  keepDraft(nameOfForm(direction, id), form);
  return form;
}

/** Makes the transfer of a form; `instead` names the one that it replaces, which is cancelled first. */
export async function sendForm(direction, form, ownPlace, instead) {
  if (instead) await cancelFirst(instead);
  return sendDraft(nameOfForm(direction, instead), form, '/v1/transfers', requestOf(direction, form, ownPlace));
}

async function cancelFirst(id) {
  try {
    await post(`/v1/transfers/${id}/cancel`);
  } catch (error) {
    if (!(error instanceof Refused) || error.name !== 'transfer-closed') throw error;
    if ((await get(`/v1/transfers/${id}`)).state !== 'cancelled') throw error;  // It was completed in the meantime.
  }
}

function requestOf(direction, draft, ownPlace) {
  const own = draft.own || ownPlace;
  const outbound = direction === 'outbound';
  const request = { direction, transfer: {
    FromStorageLocation: outbound ? own : draft.place, ToStorageLocation: outbound ? draft.place : own,
    TransferTech: { UserID: draft.user, FirstName: draft.first, LastName: draft.last }, Items: draft.lines.map(itemOf) } };
  if (draft.scanned.length > 0) request.scanned = draft.scanned;
  return request;
}

export async function openForm(page, direction, instead) {
  if (instead && !hasForm({ direction, id: instead })) return goInstead(`#/transfer/${instead}`);  // It was sent: the person went back.
  const outbound = direction === 'outbound';
  const name = nameOfForm(direction, instead);
  const draft = readDraft(name, kEmpty);
  const ownPlace = page.status.device.storage_location;
  const [partners, stock] = await Promise.all([
    recentPartners(page.status), outbound ? getAll(`/v1/stock?limit=500&location=${encodeURIComponent(ownPlace)}`) : []]);
  let errors = [];

  const changed = () => keepDraft(name, draft);
  const wrongAt = (pointer) => errors.find((error) => error.pointer === `/transfer/${pointer}`)?.detail;
  const place = outbound ? 'ToStorageLocation' : 'FromStorageLocation';

  const send = async () => {
    try {
      const transfer = await page.whileInert(() => sendForm(direction, draft, ownPlace, instead));
      if (page.isOpen) go(`#/transfer/${transfer.id}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      errors = error.errors;
      markLines(draft.lines, errors, '/transfer/Items');
      show();
      pointOut(errors);
    }
  };
  const offered = (reading, codes) => {
    const { transfer, from } = reading;
    const lines = transfer.Items.map(lineOf);
    const sameSender = draft.user === '' || fold(draft.user) === fold(from.UserID);
    // What was counted or corrected for this sender stays as it is: the differences are shown.
    const isCounted = draft.lines.length > 0 && !isSameList(draft.lines, draft.offered) && sameSender;
    Object.assign(draft, { user: from.UserID, first: from.FirstName, last: from.LastName, place: transfer.FromStorageLocation,
      own: transfer.ToStorageLocation, scanned: codes, scannedFrom: nameOf(from), offered: lines });
    if (!isCounted) draft.lines = structuredClone(lines);
    redraw(t('form.fromScan', { name: draft.scannedFrom }));
  };
  const redraw = (words) => {
    errors = [];
    changed();
    show();
    say(words);
  };
  const takeOffered = () => {
    draft.lines = structuredClone(draft.offered);
    redraw(t('form.fromScan', { name: draft.scannedFrom }));
  };
  const clear = () => {
    Object.assign(draft, structuredClone(kEmpty), { sent: '', key: '' });
    errors = [];
    dropDraft(name);
    show();
  };
  const general = () => {
    const shown = ['TransferTech/UserID', 'TransferTech/FirstName', 'TransferTech/LastName', place];
    const rest = errors.filter(({ pointer }) => !shown.includes(pointer.replace('/transfer/', '')) && !/^\/transfer\/Items\/\d+/.test(pointer));
    return rest.length ? note('bad', rest.map((error) => h('p', {}, error.detail))) : null;
  };
  const difference = h('div', {});
  const showDifference = () => fill(difference, draft.scanned.length && !isSameList(draft.lines, draft.offered)
    ? note('warn', h('p', {}, t('form.changed')), h('button', { type: 'button', class: 'wide', onclick: takeOffered },
      t('form.takeOffered', { name: draft.scannedFrom }))) : null);
  const linesChanged = () => { changed(); showDifference(); };

  const scan = scanPlace({ offered: outbound ? null : offered, answered: (transfer) => go(`#/transfer/${transfer.id}`) });

  const show = () => {
    showDifference();
    const parts = lineEditor({ lines: draft.lines, stock, changed: linesChanged, other: scan.takeOwn });
    page.whenLeft(listenToScanner(parts.take));
    page.show(title(t(outbound ? 'form.out' : 'form.in')), general(),
      outbound || draft.scanned.length ? null : scanner(page, scan), scan.told,
      draft.scanned.length ? note('', h('p', {}, t('form.fromScan', { name: draft.scannedFrom }))) : who({ draft, partners, outbound, changed, show, wrongAt, place }),
      h('h2', {}, t(outbound ? 'form.what' : 'form.whatIn')),
      parts.element, difference,
      h('p', { class: 'act' }, h('button', { type: 'button', class: 'main', onclick: once(send) }, t(outbound ? 'form.showCode' : 'form.counted'))),
      instead ? null : beginAnew(clear));
  };
  show();
  if (!outbound) takeForReceive(scan.take);
}

/** Whether both lists say the same, in whatever order. */
function isSameList(one, other) {
  const rows = (lines) => JSON.stringify(canonicalRows({ transfer: { Items: lines.map(itemOf) } }).map(({ key, Qty }) => [key, Number(Qty)]));
  return rows(one) === rows(other);
}

/** Two presses, the second well below the first: gloves press what they do not mean. */
const beginAnew = (clear) => h('details', { class: 'card' }, h('summary', {}, t('form.anew')), h('p', {}, t('form.clearHow')),
  h('button', { type: 'button', class: 'wide bad', onclick: clear }, t('form.clear')));

function scanner(page, scan) {
  if (!readsQr(page.status)) return null;
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
