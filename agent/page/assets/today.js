// Today: what waits, what needs this person, and the three things that are done all day.
import { getAll } from '/page/api.js';
import { h, icon, note, refill, title } from '/page/dom.js';
import { listenToScanner } from '/page/scanner.js';
import { scanToReceive } from '/page/scans.js';
import { t } from '/page/texts.js';
import { laneName, nameOf, needsPersonIn, refusedIn, waitingIn, when } from '/page/words.js';

const kPeak = 'handover.peak';

export async function openToday(page) {
  const head = h('div', {});
  const needed = h('div', {});
  const look = async () => {
    refill(head, headline(page.status));
    refill(needed, await needs(page.status));
  };
  page.whenLeft(listenToScanner(scanToReceive));
  page.whenChanged(look);
  await look();
  page.show(title(t('today.title')), head, needed, actions());
}

function headline(status) {
  const waiting = waitingIn(status);
  const of = peakOf(waiting);
  const oldest = status.lanes.map((lane) => lane.oldest_pending).filter(Boolean).sort()[0];
  if (status.store.records === 0) return h('section', { class: 'card' }, h('p', { class: 'headline' }, t('today.nothing')));
  if (status.lanes.length === 0) return h('section', { class: 'card' }, h('p', { class: 'headline' }, t('device.noLanes')));
  if (waiting === 0) return h('section', { class: 'card' }, h('p', { class: 'headline' }, t(refusedIn(status) ? 'today.allButRefused' : 'today.allSent')));
  return h('section', { class: 'card' }, h('p', { class: 'headline' }, t('today.waits', { n: waiting })),
    of > waiting ? drain(of - waiting, of) : null,
    h('p', { class: 'soft' }, oldest ? `${t('today.oldest', { when: when(oldest) })} ` : '', t(needsPersonIn(status) ? 'today.waitsSome' : 'today.waitsHow')));
}

function drain(done, all) {
  return h('div', {}, h('progress', { value: done, max: all, 'aria-label': t('today.progress') }),
    h('p', { class: 'soft' }, t('today.draining', { done, all })));
}

/** The most that waited since last nothing did: what the bar is measured by. */
function peakOf(waiting) {
  const peak = waiting === 0 ? 0 : Math.max(waiting, Number(sessionStorage.getItem(kPeak) ?? 0));
  sessionStorage.setItem(kPeak, String(peak));
  return peak;
}

async function needs(status) {
  const [offered, recorded, dead] = await Promise.all(['offered', 'recorded', 'dead'].map((state) => getAll(`/v1/transfers?state=${state}&limit=500`)));
  const cards = [
    ...[...recorded, ...offered, ...dead].sort((one, other) => (one.changed_at < other.changed_at ? 1 : -1)).map(transferCard),
    ...status.lanes.filter((lane) => lane.quarantined > 0).map((lane) =>
      need('#/records', t('today.quarantined', { n: lane.quarantined, lane: laneName(lane) }), null, 'bad')),
    ...status.lanes.filter((lane) => lane.needs_person > 0).map((lane) =>
      need('#/device', t('today.needsPerson', { n: lane.needs_person, lane: laneName(lane) }), lane.needs_person_why, 'bad')),
    ...status.lanes.filter((lane) => lane.state === 'stopped').map((lane) =>
      need('#/device', t('today.stopped', { lane: laneName(lane) }), lane.last_error, 'bad')),
  ];
  if (status.store.damaged > 0) cards.push(note('bad', h('p', {}, t('today.damaged', { n: status.store.damaged }))));
  if (cards.length === 0) return null;
  return [h('h2', {}, t('today.needsYou')), ...cards];
}

function transferCard(transfer) {
  const name = nameOf(transfer.transfer.TransferTech);
  const key = transfer.state === 'dead' ? 'today.dead' : transfer.direction === 'outbound' ? 'today.openOut' : 'today.openIn';
  const lines = t('today.lines', { n: transfer.transfer.Items.length });
  return need(`#/transfer/${transfer.id}`, t(key, { name }), `${lines} · ${when(transfer.created_at)}`, transfer.state === 'dead' ? 'bad' : '');
}

/** `kind` is 'bad' for what does not go on without a person. */
function need(href, words, more, kind) {
  return h('a', { class: `card need ${kind}`, href }, h('strong', {}, words), more ? h('span', { class: 'soft' }, more) : null);
}

function actions() {
  const action = (href, picture, words) => h('a', { class: 'button main', href }, icon(picture), words);
  return h('div', { class: 'big-choices' }, action('#/out', 'give', t('today.handOver')),
    action('#/in', 'take', t('today.receive')), action('#/use', 'use', t('today.use')));
}
