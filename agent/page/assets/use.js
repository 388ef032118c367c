// Use a part: what was built in or used up, for which work order and where.
import { getAll, Refused } from '/page/api.js';
import { field, go, h, linkButton, note, once, pointOut, title } from '/page/dom.js';
import { keepDraft, readDraft, sendDraft } from '/page/drafts.js';
import { itemOf, lineEditor, markLines } from '/page/lines.js';
import { listenToScanner } from '/page/scanner.js';
import { scanPlace, scanToReceive } from '/page/scans.js';
import { t } from '/page/texts.js';

const kName = 'use';
const kWorkOrder = '1002';
const kEmpty = { order: '', site: '', lines: [] };

const usedItem = (line) => {
  const { Qty, ...item } = itemOf(line);
  return { ...item, OutQty: Qty };
};

function requestOf(draft, place) {
  const request = { usage: { RefModule: kWorkOrder, RefObjID: draft.order, StorageLocations: [{ StorageLocationID: place, Items: draft.lines.map(usedItem) }] } };
  if (draft.site) request.site = draft.site;
  return request;
}

export async function openUse(page) {
  const place = page.status.device.storage_location;
  const draft = readDraft(kName, kEmpty);
  const stock = await getAll(`/v1/stock?limit=500&location=${encodeURIComponent(place)}`);
  let errors = [];
  const changed = () => keepDraft(kName, draft);
  const wrongAt = (pointer) => errors.find((error) => error.pointer === pointer)?.detail;

  const send = once(async () => {
    try {
      done(page, await page.whileInert(() => sendDraft(kName, draft, '/v1/usages', requestOf(draft, place))));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      errors = error.errors;
      markLines(draft.lines, errors, '/usage/StorageLocations/0/Items');
      show();
      pointOut(errors);
    }
  });
  const input = (label, name, pointer) => field(label, { id: `use-${name}`, value: draft[name],
    oninput: (event) => { draft[name] = event.target.value.trim(); changed(); } }, wrongAt(pointer));
  const general = () => {
    const rest = errors.filter(({ pointer }) => !['/usage/RefObjID', '/site'].includes(pointer) && !/\/Items\/\d+/.test(pointer));
    return rest.length ? note('bad', rest.map((error) => h('p', {}, error.detail))) : null;
  };
  const scan = scanPlace({ answered: (transfer) => go(`#/transfer/${transfer.id}`) });
  const show = () => {
    const parts = lineEditor({ lines: draft.lines, stock, changed, other: scan.takeOwn });
    page.whenLeft(listenToScanner(parts.take));
    page.show(title(t('use.title')), general(), scan.told, input(t('use.for'), 'order', '/usage/RefObjID'), input(t('use.site'), 'site', '/site'),
      h('h2', {}, t('use.what')), parts.element,
      h('p', { class: 'act' }, h('button', { type: 'button', class: 'main', onclick: send }, t('use.record'))));
  };
  show();
}

function done(page, record) {
  page.first = true;
  page.whenLeft(listenToScanner(scanToReceive));
  page.show(title(t('use.done')), note('', h('p', {}, t('use.doneHow'))),
    record.warnings.length ? note('warn', record.warnings.map((warning) => h('p', {}, warning.detail))) : null,
    h('p', {}, linkButton('#/today', t('transfer.finished'), 'main')),
    h('p', {}, h('button', { type: 'button', class: 'wide', onclick: () => openUse(Object.assign(page, { first: true })) }, t('use.another'))),
    linkButton(`#/records/${record.id}`, t('transfer.record')));
}
