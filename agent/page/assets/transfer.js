// One handover on this device: what to show, what to type or scan, and what to do when it does not go well.
import { get, picture, post, Refused } from '/page/api.js';
import { codePad, codeShown } from '/page/codes.js';
import { fill, go, goInstead, h, linkButton, note, once, say, title } from '/page/dom.js';
import { keepDraft, readDraft, sendDraft } from '/page/drafts.js';
import { beginAgain, dropForm, formAgain, hasForm, sendForm } from '/page/handing.js';
import { itemList } from '/page/lines.js';
import { canonicalRows } from '/page/canonical.js';
import { listenToScanner } from '/page/scanner.js';
import { scanPlace, scanToReceive } from '/page/scans.js';
import { t } from '/page/texts.js';
import { nameOf, particulars, readsQr } from '/page/words.js';

const kSenderDigits = 12;
const kReceiverDigits = 8;

const isOutbound = (transfer) => transfer.direction === 'outbound';
const partner = (transfer) => nameOf(transfer.transfer.TransferTech);
const load = (id) => get(`/v1/transfers/${encodeURIComponent(id)}`);
const here = (id) => `#/transfer/${id}`;

/** What to do with a transfer in each state. */
const kViews = { offered: offeredView, recorded: recordedView, completed: completedView, dead: deadView, cancelled: cancelledView };

export async function openTransfer(page, id) {
  let shown = '';
  page.whenLeft(listenToScanner(scanToReceive));
  const show = async () => {
    const transfer = await load(id);
    const now = JSON.stringify([transfer.state, transfer.public_code, transfer.qr, transfer.changes]);
    if (now === shown) return;  // Nothing of it has changed: what is being typed or looked at stays.
    kViews[transfer.state](page, transfer);
    shown = now;
  };
  page.whenChanged((names) => (names.has('transfer') || names.has('reset') ? show() : null));
  await show();
}

/** The sender types or scans the receiver's answer. */
export async function openAnswer(page, id) {
  const transfer = await load(id);
  if (transfer.state !== 'offered') return goInstead(here(id));
  const name = partner(transfer);
  page.show(title(t('transfer.typeReceiver', { name })), ...entry(page, transfer, { length: kReceiverDigits, label: t('transfer.typeReceiverHow', { name }) }),
    scanning(page, transfer));
}

// The sender -------------------------------------------------------------------------------------

function offeredView(page, transfer) {
  const name = partner(transfer);
  const shownQr = qrShown(transfer, t('transfer.qrOffer', { name }));
  const scan = scanOf(page, transfer);
  const changed = transfer.changes.length > 0;
  const code = [codeShown(transfer.public_code), h('p', {}, t('transfer.readHow', { name })),
    linkButton(`${here(transfer.id)}/answer`, t('transfer.hasAnswered', { name }), 'main'), shownQr];
  page.show(title(t(changed ? 'transfer.changedOut' : 'transfer.readTo', { name })),
    changed ? [changesShown(transfer), offerCounted(transfer), details('transfer.firstCode', { name }, ...code)] : code, scan.told, warnings(transfer),
    about(transfer), compare(transfer, false),
    details('transfer.gone', { name }, h('p', {}, t('transfer.leaveOut', { name })),
      newCode(transfer), cancel(transfer, 'transfer.cancel')));
}

/** What the receiver has counted otherwise, and what comes next. */
function changesShown(transfer) {
  const how = isOutbound(transfer) ? 'transfer.changesOutHow' : 'transfer.changesInHow';
  return note('warn', changeList(transfer.changes), h('p', {}, t(how, { name: partner(transfer) })));
}

/** Cancels the first offer, whose parts are on offer no more, and offers what was counted. */
function offerCounted(transfer) {
  const work = once(async () => {
    dropForm(transfer);  // Of an earlier count.
    const form = beginAgain({ ...transfer, transfer: countedList(transfer) });
    try {
      go(here((await sendForm('outbound', form, '', transfer.id)).id));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      go(formAgain(transfer));  // The form says what is wrong with it.
    }
  });
  return h('p', { class: 'act' }, h('button', { type: 'button', class: 'main', onclick: work }, t('transfer.offerCounted')));
}

const changeList = (changes) => h('ul', {}, changes.map((change) => h('li', {}, t('transfer.change', {
  what: change.field ? t(`transfer.${change.field}`) : [change.ProdNum, particulars(change)].filter(Boolean).join(', '), offered: change.offered, counted: change.counted }))));

/** The list of the transfer with what the receiver has counted in place of what was offered. */
function countedList({ transfer, changes }) {
  const same = (item, change) => ['ProdNum', 'SerialNum', 'BatchNum'].every((name) => (item[name] ?? '').toLowerCase() === (change[name] ?? '').toLowerCase());
  const lines = changes.filter((change) => !change.field);
  const kept = transfer.Items.filter((item) => !lines.some((change) => same(item, change)));
  const counted = lines.filter((change) => change.counted !== '0').map((change) => ({ ProdNum: change.ProdNum, SerialNum: change.SerialNum, BatchNum: change.BatchNum, Qty: change.counted }));
  const places = Object.fromEntries(changes.filter((change) => change.field).map((change) => [change.field, change.counted]));
  return { ...transfer, ...places, Items: [...kept, ...counted] };
}

function newCode(transfer) {
  const work = once(async () => {
    await post(`/v1/transfers/${transfer.id}/offer`);
    say(t('transfer.newCode'));
    window.scrollTo(0, 0);
  });
  return h('div', { class: 'apart' }, h('p', { class: 'soft' }, t('transfer.newCodeHow')), h('button', { type: 'button', class: 'wide', onclick: work }, t('transfer.newCode')));
}

// The receiver -----------------------------------------------------------------------------------

function recordedView(page, transfer) {
  const name = partner(transfer);
  const changed = transfer.changes.length > 0;
  const count = transfer.qr === 'count' ? qrShown(transfer) : null;
  const enter = entry(page, transfer, { length: kSenderDigits, label: t('transfer.typeSenderHow', { name }) });
  page.show(title(changed ? t('transfer.qrCount', { name }) : t('transfer.typeSender', { name })), changed ? changesShown(transfer) : null, count,
    changed ? [scanning(page, transfer), details('transfer.typeSender', { name }, ...enter)] : [enter, scanning(page, transfer)],
    warnings(transfer), about(transfer), compare(transfer, true),
    details('transfer.gone', { name }, h('p', {}, t('transfer.leaveIn')), countAgain(transfer), cancel(transfer, 'transfer.cancelIn')));
}

/** The form with this list. The half stays as it is until the form is sent in its place. */
function countAgain(transfer) {
  const work = () => {
    beginAgain(transfer);
    go(formAgain(transfer));
  };
  return h('p', {}, h('button', { type: 'button', class: 'wide', onclick: work }, t('transfer.countAgain')));
}

// Both -------------------------------------------------------------------------------------------

/** Where the other side's digits are typed, with what came of it. */
function entry(page, transfer, { length, label }) {
  const name = `code.${transfer.id}`;
  const draft = readDraft(name, { digits: '' });
  const outcome = h('div', { 'aria-live': 'assertive' });
  const tries = h('p', { class: 'soft' });
  const showTries = (left) => fill(tries, left < 5 ? t('transfer.tries', { n: left }) : '');
  const keep = (digits) => { draft.digits = digits; keepDraft(name, draft); };
  const complete = once(async () => {
    try {
      await sendDraft(name, draft, `/v1/transfers/${transfer.id}/code`, { code: draft.digits });
      reopen(transfer.id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      draft.sent = '';  // A judged code may be tried again, as a new call.
      keepDraft(name, draft);
      if (error.name === 'transfer-closed') return reopen(transfer.id);
      if (error.problem.tries_left !== undefined) showTries(error.problem.tries_left);
      fill(outcome, refusal(transfer, error));
      outcome.scrollIntoView({ block: 'start' });
    }
  });
  showTries(transfer.tries_left);
  return [outcome, codePad({ label, length, typed: draft.digits, keep, complete }), tries];
}

/** What a refused code means, and what to do. */
function refusal(transfer, error) {
  const name = partner(transfer);
  const says = (key, kind, ...more) => note(kind, h('h2', {}, t(key, { name })), h('p', {}, t(`${key}How`, { name })), ...more);
  switch (error.name) {
    case 'code-mistyped':
      return says('transfer.mistyped', 'warn');
    case 'code-replayed':
      return says('transfer.replayed', 'bad');
    case 'offer-dead':
      return says('transfer.deadOffer', 'bad', countAgain(transfer));
    case 'code-mismatch':
      if (error.problem.tries_left === 0) return says(isOutbound(transfer) ? 'transfer.deadOut' : 'transfer.deadIn', 'bad', linkButton('#/today', t('tab.today')));
      if (isOutbound(transfer)) return says('transfer.mismatchOut', 'bad');
      return says('transfer.mismatchIn', 'bad', checkTable(transfer, error.problem.line_checks), countAgain(transfer));
    default:
      return note('bad', h('p', {}, error.message));
  }
}

function checkTable(transfer, checks) {
  const rows = canonicalRows(transfer);
  const words = (row) => [h('strong', {}, row.ProdNum), `\u00a0×\u00a0${row.Qty}`, particulars(row) ? h('div', { class: 'soft' }, particulars(row)) : ''];
  const { FromStorageLocation: from, ToStorageLocation: to } = transfer.transfer;
  return h('table', { class: 'checks' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('transfer.digits')), h('th', { scope: 'col' }, t('transfer.line')))),
    h('tbody', {}, checks.map((check, n) => h('tr', {}, h('td', { class: 'digits' }, check),
      h('td', {}, n === 0 ? [h('strong', {}, t('transfer.header')), h('div', { class: 'soft' }, `${from} → ${to}`)] : rows[n - 1] ? words(rows[n - 1]) : '')))));
}

function compare(transfer, isOpen) {
  if (transfer.line_checks.length === 0) return null;
  return h('details', { class: 'card', open: isOpen }, h('summary', {}, t('transfer.compare')), h('p', {}, t('transfer.compareHow')), checkTable(transfer, transfer.line_checks));
}

/** The place of the QR code that this transfer has to show, under `words` if it needs any. The digits do not wait for it. */
function qrShown(transfer, words) {
  if (!transfer.qr) return null;
  const place = h('div', {});
  showQr(transfer, place);
  return h('section', {}, words ? h('h2', {}, words) : null, place);
}

async function showQr(transfer, place) {
  try {
    const { codes } = await get(`/v1/transfers/${transfer.id}/qr`);
    const pictures = await Promise.all(codes.map((_, n) => picture(`/v1/transfers/${transfer.id}/qr?part=${n + 1}`, 'image/svg+xml')));
    showPart(place, pictures, 0);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    fill(place, note('warn', h('p', {}, error.message), h('p', {}, t('scan.spoken'))));
  }
}

function showPart(place, pictures, part) {
  const next = () => showPart(place, pictures, (part + 1) % pictures.length);
  fill(place,
    h('div', { class: 'qr' }, h('img', { src: pictures[part], alt: t('transfer.qrAlt') })),
    pictures.length > 1 ? h('p', { class: 'row' }, h('span', { class: 'grow' }, t('transfer.qrPart', { n: part + 1, of: pictures.length })),
      h('button', { type: 'button', id: 'next-part', onclick: next }, t('transfer.qrNext'))) : null);
}

/** A scan for this transfer; a hardware scanner needs no field for it. */
function scanOf(page, transfer) {
  const scan = scanPlace({ transfer, answered: () => reopen(transfer.id) });
  page.whenLeft(listenToScanner(scan.take));
  return scan;
}

function scanning(page, transfer) {
  const scan = scanOf(page, transfer);
  return [readsQr(page.status) ? details('transfer.scan', {}, scan.element) : null, scan.told];
}

/** Shows the transfer as it is now, also if it is what is shown. */
function reopen(id) {
  if (location.hash === here(id)) window.dispatchEvent(new HashChangeEvent('hashchange'));
  else goInstead(here(id));  // From the digits there is no way back to them.
}

const details = (key, values, ...children) => h('details', { class: 'card' }, h('summary', {}, t(key, values)), ...children);
const warnings = (transfer) => (transfer.warnings.length ? note('warn', transfer.warnings.map((warning) => h('p', {}, lineWarned(transfer, warning)))) : null);

function lineWarned(transfer, { pointer, detail }) {
  const line = /^\/transfer\/Items\/(\d+)/.exec(pointer);
  return line ? `${transfer.transfer.Items[Number(line[1])]?.ProdNum ?? ''}: ${detail}` : detail;
}

function about(transfer) {
  const { FromStorageLocation: from, ToStorageLocation: to, Items } = transfer.transfer;
  return details('transfer.what', {}, h('p', {}, `${from} → ${to}`), itemList(Items));
}

function cancel(transfer, key) {
  const work = once(async () => {
    await post(`/v1/transfers/${transfer.id}/cancel`);
    go(here(transfer.id));
  });
  return h('div', { class: 'apart' }, h('p', { class: 'soft' }, t('transfer.cancelHow')), h('button', { type: 'button', class: 'wide bad', onclick: work }, t(key)));
}

function completedView(page, transfer) {
  const name = partner(transfer);
  const end = [linkButton(`#/records/${transfer.record_id}`, t('transfer.record')), about(transfer)];
  if (isOutbound(transfer)) {
    return page.show(title(t('transfer.doneOut')), note('', h('p', {}, t('transfer.doneOutHow'))),
      h('p', {}, linkButton('#/today', t('transfer.finished'), 'main')), ...end);
  }
  const receipt = qrShown(transfer, t('transfer.qrReceipt', { name }));
  page.show(title(t('transfer.doneIn', { name })), codeShown(transfer.public_code), h('p', {}, t('transfer.doneInHow', { name })), receipt,
    h('p', {}, linkButton('#/today', t('transfer.finished'), 'main')), h('p', { class: 'soft' }, t('transfer.doneInGone', { name })), ...end);
}

function deadView(page, transfer) {
  const name = partner(transfer);
  const outbound = isOutbound(transfer);
  page.show(title(t(outbound ? 'transfer.deadOut' : 'transfer.deadIn')),
    note('bad', h('p', {}, t(outbound ? 'transfer.deadOutHow' : 'transfer.deadInHow', { name }))),
    outbound ? newCode(transfer) : countAgain(transfer), compare(transfer, true), about(transfer), outbound ? cancel(transfer, 'transfer.cancel') : null);
}

function cancelledView(page, transfer) {
  const again = hasForm(transfer) ? linkButton(formAgain(transfer), t('transfer.goOn'), 'main') : null;
  page.show(title(t('transfer.cancelled')), note('', h('p', {}, t('transfer.cancelledHow'))), again,
    h('p', {}, linkButton('#/today', t('transfer.finished'), again ? 'wide' : 'main')), about(transfer));
}
