// Starts the page: who may see it, which screen is open, and what every screen has around it.
import { enter, get, hasToken, listen, NeedsLink, Refused, watchAgent } from '/page/api.js';
import { fill, h, icon, note, say, title } from '/page/dom.js';
import { t } from '/page/texts.js';
import { refusedIn, waitingIn } from '/page/words.js';
import { openDevice } from '/page/device.js';
import { openForm } from '/page/handing.js';
import { openRecord, openRecords } from '/page/records.js';
import { openStock } from '/page/stock.js';
import { openToday } from '/page/today.js';
import { openAnswer, openTransfer } from '/page/transfer.js';
import { openUse } from '/page/use.js';

const kTabs = ['today', 'stock', 'records', 'device'];
const kEventsTogetherMs = 250;

/** The screen for an address; what stands behind the first word goes to it. */
const kScreens = {
  today: openToday,
  out: (page, instead) => openForm(page, 'outbound', instead),
  in: (page, instead) => openForm(page, 'inbound', instead),
  transfer: (page, id, what) => (what === 'answer' ? openAnswer(page, id) : openTransfer(page, id)),
  use: openUse,
  stock: openStock,
  records: (page, id) => (id ? openRecord(page, id) : openRecords(page)),
  device: openDevice,
};

const main = document.getElementById('main');
let status = null;
let answers = true;
let open = null;  // The page of the open screen.

/** What a screen gets: the agent's state, and the place to show itself. It is dead when another screen opens. */
class Page {
  #changed = () => {};
  #stop = () => {};
  constructor(first) { this.first = first; }
  get status() { return status; }
  get isOpen() { return open === this; }
  /** Shows the screen's elements; the first time its title gets the focus. */
  show(...children) {
    if (!this.isOpen) return;
    fill(main, children);
    const heading = main.querySelector('h1');
    document.title = `${heading?.textContent ?? ''} – ${t('app.name')}`;
    if (this.first) heading?.focus();
    this.first = false;
  }
  /** `changed` is called, with the names of the events, when something has changed at the agent. */
  whenChanged(changed) { this.#changed = changed; }
  /** `stop` is called when another screen opens, or when this one asks for something else. */
  whenLeft(stop) {
    this.#stop();
    this.#stop = stop;
  }
  /** While `work` runs, nothing on the screen is changed: what is typed or scanned then would belong to nothing. */
  async whileInert(work) {
    this.whenLeft(() => {});
    main.inert = true;
    try {
      return await work();
    } finally {
      main.inert = false;
    }
  }
  tell(names) { if (this.isOpen) guard(this, () => this.#changed(names)); }
  leave() { this.#stop(); }
}

/** Runs a screen's work; what it throws is shown in its place. */
export async function guard(page, work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof NeedsLink) return showNeedsLink();
    if (!(error instanceof Refused)) throw error;
    page.show(title(error.status === 404 ? t('app.unknown') : t('app.wrong')), note('bad', h('p', {}, error.message)),
      h('p', {}, h('button', { type: 'button', class: 'wide', onclick: openScreen }, t('app.again'))));
  }
}

async function openScreen() {
  if (!await enterByLink()) return;
  if (!hasToken()) return showNeedsLink();
  hearEvents();
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const screen = Object.hasOwn(kScreens, name) ? name : 'today';
  open?.leave();
  const page = new Page(true);
  open = page;
  main.inert = false;
  showTabs(screen);
  window.scrollTo(0, 0);
  await guard(page, async () => {
    status ??= await get('/v1/status');
    showTop(screen);
    if (page.isOpen) await kScreens[screen](page, ...rest);
  });
}

function showTabs(screen) {
  const tab = (name) => h('li', {}, h('a', { href: `#/${name}`, 'aria-current': name === screen ? 'page' : null }, icon(name), t(`tab.${name}`)));
  const tabs = document.getElementById('tabs');
  tabs.setAttribute('aria-label', t('app.tabs'));
  tabs.hidden = !kTabs.includes(screen);  // A task has the whole screen, and a way back.
  document.body.classList.toggle('task', tabs.hidden);
  fill(tabs, h('ul', {}, kTabs.map(tab)));
}

function showTop(screen) {
  const isTab = kTabs.includes(screen) && !/^#\/records\/./.test(location.hash);
  const device = status?.device;
  fill(document.getElementById('top'),
    isTab ? h('span', { class: 'who' }, device ? `${device.user_id} · ${device.storage_location}` : t('app.name'))
      : h('a', { class: 'back who', href: screen === 'records' ? '#/records' : '#/today' }, icon('back'), t('app.back')),
    h('span', { class: 'state' }, stateNow()));
  fill(document.getElementById('away'), answers ? null : note('warn', h('p', {}, t('app.agentAway'))));
}

/** How it stands, in two words. */
function stateNow() {
  if (!answers) return t('app.agentAwayShort');
  if (!status?.lanes.length) return '';
  if (waitingIn(status) > 0) return t('today.stateWaits', { n: waitingIn(status) });
  return refusedIn(status) > 0 ? t('today.stateRefused', { n: refusedIn(status) }) : t('today.stateAll');
}

const screenNow = () => location.hash.replace(/^#\/?/, '').split('/')[0] || 'today';

function showNeedsLink(why) {
  open?.leave();
  open = new Page(true);
  fill(document.getElementById('tabs'));
  fill(document.getElementById('top'), h('span', { class: 'who' }, t('app.name')));
  open.show(title(t('app.needsLink')), why ? note('warn', h('p', {}, why)) : null,
    h('p', {}, t('app.needsLinkHow')), h('p', {}, h('code', {}, 'handover open')));
}

/** Many events come together while a backlog drains: the screen hears of them once in a while. */
let heardNames = new Set();
let timer = null;
function heard(name) {
  heardNames.add(name);
  timer ??= setTimeout(async () => {
    const names = heardNames;
    heardNames = new Set();
    try {
      status = await get('/v1/status');
    } catch (error) {
      if (error instanceof NeedsLink) showNeedsLink();
      return;
    } finally {
      timer = null;
    }
    showTop(screenNow());
    open?.tell(names);
  }, kEventsTogetherMs);
}

function agentChanged(now) {
  if (now === answers) return;
  answers = now;
  if (!now) say(t('app.agentAway'));
  showTop(screenNow());
  if (now) heard('reset');
}

/** A new link may be opened in this very tab. */
async function enterByLink() {
  try {
    await enter();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showNeedsLink(t('app.linkVoid'));
    return false;
  }
}

let listening = false;
async function hearEvents() {
  if (listening) return;
  listening = true;
  await listen(heard);
  listening = false;
}

async function start() {
  watchAgent(agentChanged);
  main.append(h('p', { class: 'soft' }, t('app.loading')));
  window.addEventListener('hashchange', openScreen);
  // What a button's work was refused, where its screen has no better place for the words.
  window.addEventListener('unhandledrejection', (event) => {
    if (!(event.reason instanceof Refused || event.reason instanceof NeedsLink)) return;
    event.preventDefault();
    guard(open, () => { throw event.reason; });
  });
  await openScreen();
}

start();
