// Records: what was recorded, where it has arrived, and what to do where it has not.
import { get, getAll, post, Refused } from '/page/api.js';
import { field, fill, h, note, once, refill, title } from '/page/dom.js';
import { keepDraft, readDraft } from '/page/drafts.js';
import { itemList } from '/page/lines.js';
import { hasText, t } from '/page/texts.js';
import { groups, laneName, nameOf, stateClass, stateWord, when, whenNext } from '/page/words.js';

const kPage = 30;
const kFilters = { all: null, waiting: ['pending', 'in_flight', 'unknown'], refused: ['quarantined'] };
let filter = 'all';

export async function openRecords(page) {
  let records = [];
  let older = 0;  // How many there are before the ones that are shown.
  const cards = h('ul', {});
  const more = h('div', {});

  const load = async () => (filter === 'all' ? newest(page.status.store.records) : withStates(kFilters[filter]));
  const reload = async () => {
    [records, older] = await load();
    showList();
  };
  const showOlder = once(async () => {
    if (filter !== 'all') {
      older = Math.max(0, older - kPage);
      return showList();
    }
    const [next, left] = await newest(older);
    records = [...records, ...next];
    older = left;
    return showList();
  });
  const showList = () => {
    const shown = filter === 'all' ? records : records.slice(0, records.length - older);
    refill(cards, shown.map((record) => card(record, page.status)));
    refill(more, shown.length ? null : note('', h('p', {}, t('records.none'))),
      older > 0 ? h('button', { type: 'button', class: 'wide', id: 'older', onclick: showOlder }, t('records.older', { n: Math.min(kPage, older) })) : null);
  };
  const choose = (name) => once(async () => {
    filter = name;
    showAll();
    await reload();
  });
  const showAll = () => page.show(title(t('records.title')),
    h('div', { class: 'filters', role: 'group', 'aria-label': t('records.filter') }, Object.keys(kFilters).map((name) =>
      h('button', { type: 'button', id: `filter-${name}`, 'aria-pressed': String(name === filter), onclick: choose(name) }, t(`records.${name}`)))), cards, more);

  page.whenChanged(async () => {
    if (records.length <= kPage || filter !== 'all') await reload();  // What a person has paged back to stays as it is.
  });
  await reload();
  showAll();
}

/** The newest records up to number `last`, newest first, and how many are older. */
async function newest(last) {
  const after = Math.max(0, last - kPage);
  if (last === 0) return [[], 0];
  const { items } = await get(`/v1/records?limit=${kPage}&after=${after}`);
  return [items.filter((record) => record.seq <= last).reverse(), after];
}

/** All records with a delivery in one of `states`, newest first; a page of them is shown at first. */
async function withStates(states) {
  const lists = await Promise.all(states.map((state) => getAll(`/v1/records?state=${state}&limit=500`)));
  const bySeq = new Map(lists.flat().map((record) => [record.seq, record]));
  const records = [...bySeq.values()].sort((one, other) => other.seq - one.seq);
  return [records, Math.max(0, records.length - kPage)];
}

function card(record, status) {
  return h('li', {}, h('a', { class: 'card record', href: `#/records/${record.id}` },
    h('strong', {}, headline(record)), h('span', { class: 'soft' }, record.damaged ? t('records.damaged') : when(record.captured_at)),
    h('span', { class: 'arrivals' }, arrivals(record, status))));
}

/** One word for each back-end: the worst that any delivery there says. */
function arrivals(record, status) {
  const rank = ['done', 'waits', 'stuck'];
  const worst = new Map();
  for (const delivery of record.deliveries) {
    const known = worst.get(delivery.lane);
    if (!known || rank.indexOf(stateClass(delivery.state)) > rank.indexOf(stateClass(known))) worst.set(delivery.lane, delivery.state);
  }
  return [...worst].map(([lane, state]) => h('span', { class: 'arrival' }, `${labelOf(lane, status)}: `, h('span', { class: `state-word ${stateClass(state)}` }, stateWord(state))));
}

const labelOf = (name, status) => {
  const lane = status.lanes.find((one) => one.name === name);
  return lane ? laneName(lane) : name;
};

function headline(record) {
  const { body } = record;
  if (record.damaged || !body) return t('records.number', { n: record.seq });
  if (body.transfer) {
    const key = body.direction === 'outbound' ? 'records.handedTo' : 'records.takenFrom';
    return t(key, { name: nameOf(body.transfer.TransferTech), lines: t('today.lines', { n: body.transfer.Items?.length ?? 0 }) });
  }
  const kind = hasText(`records.kind.${record.kind}`) ? t(`records.kind.${record.kind}`) : record.kind;
  const about = body.usage?.RefObjID ?? body.asset_event?.event ?? '';
  return about && !body.transfer_id ? `${kind}: ${about}` : kind;
}

function itemsOf(body) {
  if (body?.transfer) return body.transfer.Items ?? [];
  if (body?.usage) return (body.usage.StorageLocations ?? []).flatMap((place) => place.Items ?? []);
  if (body?.asset_event) return body.asset_event.items.map((item) => ({ ProdNum: item.manufacturerPartNumber ?? '', SerialNum: item.serialNumber, Qty: '' }));
  return [];
}

export async function openRecord(page, id) {
  const load = () => get(`/v1/records/${encodeURIComponent(id)}`);
  const arrived = h('div', {});
  const look = async (record) => refill(arrived, ...truth(record, page.status, again));  // A reason that is being typed stays.
  const again = async () => look(await load());
  const record = await load();
  const { body } = record;
  await look(record);
  page.whenChanged(again);
  page.show(title(headline(record)), h('p', { class: 'soft' }, `${t('records.number', { n: record.seq })} · `,
    record.damaged ? t('records.damaged') : t('records.recorded', { when: when(record.captured_at) })),
    body?.transfer?.ValidationCode?.PublicCode && body.direction === 'inbound' ? h('p', {}, t('records.code', { code: groups(body.transfer.ValidationCode.PublicCode).join(' ') })) : null,
    h('h2', {}, t('records.where')), arrived,
    h('h2', {}, t('transfer.what')), body?.transfer ? h('p', {}, `${body.transfer.FromStorageLocation} → ${body.transfer.ToStorageLocation}`) : null, itemList(itemsOf(body)));
}

/** Each delivery: where to, how it stands, why, and what to do. */
function truth(record, status, again) {
  if (record.deliveries.length === 0) return [note('', h('p', {}, t('records.noLanes')))];
  return record.deliveries.map((delivery, n) => h('section', { class: 'card' },
    h('h3', {}, labelOf(delivery.lane, status), delivery.unit ? ` ${t('records.about', { unit: delivery.unit })}` : ''),
    h('p', {}, h('span', { class: `state-word ${stateClass(delivery.state)}` }, stateWord(delivery.state)), ` ${times(delivery)}`),
    delivery.why ? h('p', {}, delivery.why) : null,
    delivery.who ? h('p', { class: 'soft' }, t(`records.who.${delivery.who}`)) : null,
    doNow(record, delivery, n, again)));
}

function times(delivery) {
  const words = [];
  if (delivery.delivered_at) words.push(when(delivery.delivered_at));
  else words.push(t('records.since', { when: when(delivery.since) }));
  if (delivery.attempts > 1 || (delivery.attempts === 1 && !delivery.delivered_at)) words.push(t('records.tries', { n: delivery.attempts }));
  if (delivery.next_try_at) words.push(t('records.next', { when: whenNext(delivery.next_try_at) }));
  return words.join(', ');
}

const isForPerson = (delivery) => delivery.state === 'quarantined' || ['dispatcher', 'technician'].includes(delivery.who);

function doNow(record, delivery, n, again) {
  const key = { pending: 'records.doPending', in_flight: 'records.doPending', unknown: 'records.doUnknown', quarantined: 'records.doQuarantined' }[delivery.state];
  if (!key) return null;
  if (!isForPerson(delivery)) return h('p', { class: 'soft' }, t(key));
  // What is done is done to all of the record's deliveries on the lane: it is offered once.
  if (record.deliveries.findIndex((one) => one.lane === delivery.lane && isForPerson(one)) !== n) return h('p', {}, t(key));
  const said = h('div', { 'aria-live': 'assertive' });
  const act = (what, body) => once(async () => {
    try {
      await post(`/v1/records/${record.id}/deliveries/${encodeURIComponent(delivery.lane)}/${what}`, body?.());
      await again();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      fill(said, note('bad', h('p', {}, error.message)));
    }
  });
  const name = `reason.${record.id}.${delivery.lane}`;
  const draft = readDraft(name, { reason: '' });
  return h('div', { class: 'stack' }, h('p', {}, t(key)),
    h('button', { type: 'button', class: 'wide', onclick: act('retry') }, t('records.retry')),
    h('details', {}, h('summary', {}, t('records.discard')), h('p', { class: 'soft' }, t('records.discardHow')),
      field(t('records.reason'), { id: `reason-${n}`, value: draft.reason, oninput: (event) => { draft.reason = event.target.value; keepDraft(name, draft); } }),
      h('p', {}, h('button', { type: 'button', class: 'wide bad', onclick: act('discard', () => ({ reason: draft.reason })) }, t('records.discard')))), said);
}
