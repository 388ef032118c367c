// Two technicians with a device each: real agents, and pages in a real browser.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const kPrograms = process.env.HANDOVER_PROGRAMS;
const require = createRequire(path.join(process.env.HANDOVER_BROWSER_PEERS, 'package.json'));
const { chromium } = require('playwright-core');
const kAxe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const kPatienceMs = 60_000;
export const kPhone = { width: 360, height: 640 };

const handover = (args, input) => execFileSync(path.join(kPrograms, 'handover'), args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A company that enrolls devices, in a folder of its own. */
export class Company {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'handover-browser-'));
  #devices = [];

  constructor() {
    fs.writeFileSync(this.#at('ring.keys'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    handover(['enrollment', 'company-key', '--out', this.#at('company.key')]);
  }
  #at(name) { return path.join(this.folder, name); }

  /** A running device of a technician; `lanes` is TOML that is added to its configuration. */
  async device(user, first, last, place, lanes = '') {
    const bundle = this.#at(`${user}.bundle`);
    const folder = this.#at(user);
    const port = await freePort();
    const made = JSON.parse(handover(['enrollment', 'make', '--json', '--company', 'Example', '--company-key', this.#at('company.key'), '--key-ring', this.#at('ring.keys'),
      '--user', user, '--first-name', first, '--last-name', last, '--location', place, '--listen', `127.0.0.1:${port}`, '--out', bundle]));
    handover(['enroll', bundle, '--dir', folder], `${made.code}\n`);
    return this.#run(folder, port, lanes);
  }
  /** A device without a certificate: only spoken codes. */
  async plainDevice(user, place, lanes = '') {
    const folder = this.#at(user);
    const port = await freePort();
    handover(['init', '--dir', folder, '--user', user, '--first-name', 'Given', '--last-name', 'Family', '--location', place]);
    fs.copyFileSync(this.#at('ring.keys'), path.join(folder, 'validation.keys'));
    const file = path.join(folder, 'handover.toml');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/listen = .*/, `listen = "127.0.0.1:${port}"`));
    return this.#run(folder, port, lanes);
  }
  async #run(folder, port, lanes) {
    const file = path.join(folder, 'handover.toml');
    const settings = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, `${/^page = /m.test(settings) ? settings : settings.replace('[api]\n', '[api]\npage = true\n')}\n${lanes}`);
    const device = new Device(folder, port);
    this.#devices.push(device);
    await device.start();
    return device;
  }
  async close() {
    await Promise.all(this.#devices.map((device) => device.kill()));
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Device {
  #process = null;
  constructor(folder, port) {
    this.folder = folder;
    this.origin = `http://127.0.0.1:${port}`;
    this.token = fs.readFileSync(path.join(folder, 'api.token'), 'utf8').trim();
  }
  async start() {
    const agent = spawn(path.join(kPrograms, 'handover'), ['agent', '--config', path.join(this.folder, 'handover.toml')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    await new Promise((resolve, reject) => {
      agent.stderr.on('data', (text) => {
        said += text;
        if (said.includes('listens at')) resolve();
      });
      agent.on('exit', (code) => reject(new Error(`the agent ended with ${code}: ${said}`)));
    });
    this.#process = agent;
  }
  /** As a battery that is pulled out does it. */
  async kill() {
    const agent = this.#process;
    this.#process = null;
    if (!agent || agent.exitCode !== null) return;
    agent.kill('SIGKILL');
    await once(agent, 'exit');
  }
  async call(method, target, body) {
    const headers = { Authorization: `Bearer ${this.token}`, 'Idempotency-Key': randomUUID(), ...(body ? { 'Content-Type': 'application/json' } : {}) };
    const answer = await fetch(this.origin + target, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
  async link() { return (await this.call('POST', '/v1/page/tickets')).url; }
  /** Loads stock: `items` as in a usage, with InQty. */
  load(place, items) {
    return this.call('POST', '/v1/usages', { usage: { RefModule: '1001', RefObjID: 'LOAD-1', StorageLocations: [{ StorageLocationID: place, Items: items }] } });
  }
}

/** Simulated back-ends, which keep what they are sent. */
export class BackEnds {
  static async start(company, faults = []) {
    const ends = new BackEnds();
    const password = path.join(company.folder, 'back-end.password');
    fs.writeFileSync(password, 'demo-password\n', { mode: 0o600 });
    const places = ['servicemobility', 'cmdb', 'cisco', 'tangoe'].flatMap((name) => [`--${name}`, '127.0.0.1:0']);
    ends.process = spawn(path.join(kPrograms, 'handover-sim'), ['back-ends', ...places, '--password-file', password, ...faults.flatMap((fault) => ['--fault', fault])], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    await new Promise((resolve, reject) => {
      const hear = (text) => {
        said += text;
        const found = /ServiceMobility\D*?(http:\/\/[\d.:]+)[^]*CMDB\D*?(http:\/\/[\d.:]+)/i.exec(said);
        if (!found) return;
        [, ends.servicemobility, ends.cmdb] = found;
        resolve();
      };
      ends.process.stdout.on('data', hear);
      ends.process.stderr.on('data', hear);
      ends.process.on('exit', (code) => reject(new Error(`the back-ends ended with ${code}: ${said}`)));
    });
    ends.password = password;
    return ends;
  }
  /** The lane to ServiceMobility, as TOML. */
  lane(user) {
    return `[[lanes]]\nname = "servicemobility"\nkind = "servicemobility"\nurl = "${this.servicemobility}"\nusername = "${user}"\npassword_file = "${this.password}"\n`;
  }
  async fault(kind) { await fetch(`${this.servicemobility}/_sim/faults`, { method: 'POST', body: JSON.stringify(kind) }); }
  async close() {
    this.process.removeAllListeners('exit');
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}

export async function openBrowser(more = []) {
  // Build servers and containers let no browser make a sandbox, and have little shared memory; what runs here is ours.
  const confined = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...confined, ...more] });
}

/** A technician who looks at one device's page. Anything that the page complains of fails the test that looks. */
export class Person {
  complaints = [];
  clicks = 0;
  digits = 0;

  static async at(browser, device, options = {}) {
    const person = new Person();
    person.context = await browser.newContext({ viewport: kPhone, locale: 'en-GB', ...options });
    person.context.setDefaultTimeout(kPatienceMs);
    person.page = await person.context.newPage();
    person.page.on('pageerror', (error) => person.complaints.push(String(error)));
    person.page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) person.complaints.push(message.text());
    });
    await person.page.goto(await device.link());
    await person.sees('Today');
    return person;
  }
  /** Waits for the screen of that title. */
  async sees(heading) { await this.page.waitForSelector(`h1:has-text("${heading}")`); }
  async reads(text) { await this.page.waitForSelector(`main >> text=${text}`); }
  async presses(text) {
    this.clicks += 1;
    await this.page.click(`main >> :is(button, a, summary):has-text("${text}"):visible`);
  }
  async goes(address) { await this.page.evaluate((hash) => { location.hash = hash; }, address); }
  /** As a hardware scanner types: into the field of that id, or onto the screen. */
  async scans(text, field) {
    if (field) await this.page.focus(`#${field}`);
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }
  async types(id, text) { await this.page.fill(`#${id}`, text); }
  /** On the number pad, digit by digit. */
  async keysIn(code) {
    for (const digit of code) {
      this.digits += 1;
      await this.page.click(`.pad button:text-is("${digit}")`);
    }
  }
  async codeOnScreen() { return (await this.page.textContent('.code')).replace(/\D/g, ''); }
  /** What zbar, a reader of another maker, reads from the screen. */
  async qrOnScreen() {
    await this.page.waitForSelector('.qr img');
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'handover-qr-')), 'screen.png');
    fs.writeFileSync(file, await this.page.locator('.qr').screenshot());
    const text = execFileSync('zbarimg', ['--raw', '--quiet', '-Sdisable', '-Sqrcode.enable', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    fs.rmSync(path.dirname(file), { recursive: true });
    return text.replace(/\n$/, '');
  }
  /** Names the other side and the place, by hand. */
  async names(user, place) {
    await this.page.waitForSelector('#scan-part');
    if (await this.page.locator('#who-user').count() === 0) await this.presses('Somebody else');
    await this.types('who-user', user);
    await this.types('who-place', place);
  }
  /** A part that is not in stock: its serial number is asked for. */
  async adds(product, serial = '') {
    await this.scans(product, 'scan-part');
    const field = this.page.locator('input[id^="line-"][id$="-serial"]');
    if (serial) await field.fill(serial);
    if (await field.count()) await this.presses('Done');
  }
  /** Barriers that axe-core finds on the screen, in words. */
  async barriers() {
    await this.page.evaluate(kAxe);
    const { violations } = await this.page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target}: ${rule.help}`));
  }
  /** What can be pressed and is smaller than a gloved finger. */
  async smallTargets() {
    return this.page.evaluate(() => [...document.querySelectorAll('button, a, input, select, summary')].filter((element) => element.checkVisibility())
      .map((element) => ({ text: element.textContent || element.id, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 48 || box.height < 48).map(({ text, box }) => `${text}: ${box.width} x ${box.height}`));
  }
  /** Whether anything stands out of the screen sideways. */
  async isTooWide() { return this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth); }
}
