// Device: send now, how the back-ends stand, what this device is, and closing the page.
import { closePage, post } from '/page/api.js';
import { fill, h, note, once, refill, title } from '/page/dom.js';
import { language, t } from '/page/texts.js';
import { clock, laneName, when, whenNext } from '/page/words.js';

export async function openDevice(page) {
  const said = h('div', { role: 'status' });
  const sync = once(async () => {
    await post('/v1/sync');
    fill(said, note('', h('p', {}, t('device.syncDone'))));
  });
  const parts = [['device.lanes', lanes], ['device.check', check], ['device.enrollment', enrollment], ['device.about', about]]
    .map(([key, made]) => ({ key, made, place: h('div', {}) }));
  const look = () => parts.forEach(({ made, place }) => refill(place, made(page.status)));
  page.whenChanged(look);
  look();
  page.show(title(t('device.title')),
    h('p', { class: 'act' }, h('button', { type: 'button', id: 'sync', class: 'main', onclick: sync }, t('device.sync'))), said,
    parts.map(({ key, place }) => [h('h2', {}, t(key)), place]),
    h('h2', {}, t('device.page')), h('p', { class: 'soft' }, t('device.closeHow')), h('p', {}, h('button', { type: 'button', class: 'wide bad', onclick: close }, t('device.close'))));
}

async function close() {
  await closePage();
  location.reload();
}

function lanes({ lanes: all }) {
  if (all.length === 0) return note('', h('p', {}, t('device.noLanes')));
  return h('ul', {}, all.map((lane) => {
    const counts = [[lane.pending, 'device.waiting'], [lane.unknown, 'device.unknown'], [lane.quarantined, 'device.refused']]
      .filter(([n]) => n > 0).map(([n, key]) => t(key, { n })).join(', ');
    const how = { paused: 'device.pausedHow', stopped: 'device.stoppedHow' }[lane.state];
    return h('li', { class: 'card' }, h('h3', {}, laneName(lane)),
      h('p', {}, h('span', { class: `state-word ${laneClass(lane)}` }, t(`device.lane.${lane.state}`)), counts ? `: ${counts}` : ''),
      lane.oldest_pending ? h('p', { class: 'soft' }, t('today.oldest', { when: when(lane.oldest_pending) })) : null,
      lane.state !== 'running' && lane.last_error ? h('p', {}, lane.last_error) : null,
      lane.needs_person_why ? h('p', {}, lane.needs_person_why) : null,
      lane.state !== 'running' && lane.next_try_at ? h('p', { class: 'soft' }, t('records.next', { when: whenNext(lane.next_try_at) })) : null,
      how ? h('p', { class: 'soft' }, t(how)) : null);
  }));
}

const laneClass = (lane) => ({ running: 'done', paused: 'waits', stopped: 'stuck' }[lane.state]);

function check(status) {
  const faults = [];
  if (status.enrollment && status.enrollment.state !== 'valid') faults.push(t('device.checkEnrollment'));
  if (status.store.damaged > 0) faults.push(t('device.checkDamaged', { n: status.store.damaged }));
  for (const lane of status.lanes) {
    if (lane.state === 'stopped') faults.push(t('device.checkStopped', { lane: laneName(lane), why: lane.last_error ?? '' }));
    if (lane.needs_person > 0) faults.push(t('device.checkNeedsPerson', { lane: laneName(lane), n: lane.needs_person, why: lane.needs_person_why ?? '' }));
    if (lane.quarantined > 0) faults.push(t('device.checkRefused', { lane: laneName(lane), n: lane.quarantined }));
  }
  return [faults.length ? note('bad', faults.map((fault) => h('p', {}, fault))) : note('', h('p', {}, t('device.checkGood'))),
    h('p', { class: 'soft' }, t('device.checkMore')), h('p', {}, h('code', {}, 'handover doctor'))];
}

function enrollment({ enrollment: own }) {
  if (!own) return [h('p', {}, t('device.notEnrolled')), h('p', {}, h('code', {}, 'handover enroll BUNDLE'))];
  if (own.state === 'unusable') return note('bad', h('p', {}, t('device.enrollmentUnusable')), h('p', {}, own.why));
  const until = new Date(own.valid_until);
  return [h('p', {}, t('device.enrolled', { company: own.company, until: new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(until) })),
    own.state === 'valid' ? null : note('bad', h('p', {}, t('device.enrollmentExpired')))];
}

function about(status) {
  const row = (key, value) => [h('dt', {}, t(key)), h('dd', {}, String(value))];
  return h('dl', {}, row('device.id', status.device.id), row('device.user', status.device.user_id), row('device.place', status.device.storage_location),
    row('device.records', status.store.records), row('device.version', status.version), row('device.clock', clock(new Date(status.time))));
}
