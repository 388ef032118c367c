// What other web pages in the same browser can do to the agent: nothing. And what the page itself may not do.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { Company, openBrowser, Person } from './harness.mjs';

const kAssetsMax = 150 * 1024;
const kOffer = { direction: 'outbound', transfer: { FromStorageLocation: 'VAN-17', ToStorageLocation: 'VAN-22', TransferTech: { UserID: 'tech.22' }, Items: [{ ProdNum: 'CAT6-3M', Qty: 1 }] } };

let browser;
let company;
let device;
before(async () => {
  company = new Company();
  device = await company.device('tech.17', 'Anna', 'Berg', 'VAN-17');
  browser = await openBrowser(['--host-resolver-rules=MAP rebound.example 127.0.0.1']);
});
after(async () => {
  await browser.close();
  await company.close();
});

/** A page of another origin, open in a context where the handheld page is open too. */
async function stranger(run, origin) {
  const server = http.createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>stranger</title><body></body>')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const anna = await Person.at(browser, device);
  const page = await anna.context.newPage();
  try {
    await page.goto(origin ?? `http://127.0.0.1:${server.address().port}/`);
    await run(page, anna);
  } finally {
    await anna.context.close();
    server.closeAllConnections?.();
    server.close();
  }
}

const nothingHappened = async () => {
  assert.equal((await device.call('GET', '/v1/transfers?limit=500')).items.length, 0);
  assert.equal((await device.call('GET', '/v1/status')).store.records, 0);
};

test('a page of another origin can read nothing and change nothing', () => stranger(async (page, anna) => {
  const token = await anna.page.evaluate(() => sessionStorage.getItem('handover.token'));
  assert.match(token, /^[0-9a-f]{64}$/);
  const outcomes = await page.evaluate(async ({ origin, offer, tokens }) => {
    const tried = {};
    const attempt = async (name, options, target = '/v1/status') => {
      try {
        const answer = await fetch(origin + target, options);
        tried[name] = answer.type === 'opaque' ? 'opaque' : `${answer.status} ${await answer.text()}`;
      } catch (error) { tried[name] = 'refused by the browser'; }
    };
    const body = JSON.stringify(offer);
    await attempt('read', {});
    await attempt('read, opaque', { mode: 'no-cors' });
    await attempt('post, simple', { method: 'POST', mode: 'no-cors', body, headers: { 'Content-Type': 'text/plain' } }, '/v1/transfers');
    for (const [n, token] of tokens.entries()) {
      await attempt(`read with token ${n}`, { headers: { Authorization: `Bearer ${token}` } });
      await attempt(`post with token ${n}`, { method: 'POST', body, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } }, '/v1/transfers');
    }
    tried.events = await new Promise((resolve) => {
      const source = new EventSource(`${origin}/v1/events`);
      source.onmessage = () => resolve('heard something');
      source.onerror = () => { source.close(); resolve('refused by the browser'); };
    });
    tried.socket = await new Promise((resolve) => {
      const socket = new WebSocket(origin.replace('http', 'ws'));
      socket.onopen = () => resolve('open');
      socket.onerror = () => resolve('refused by the browser');
    });
    tried.script = await new Promise((resolve) => {
      const script = document.createElement('script');
      script.src = `${origin}/page/app.js`;
      script.onload = () => resolve('ran');
      script.onerror = () => resolve('refused by the browser');
      document.body.append(script);
    });
    return tried;
  }, { origin: device.origin, offer: kOffer, tokens: [token, device.token] });
  for (const [name, outcome] of Object.entries(outcomes)) {
    assert.ok(['refused by the browser', 'opaque'].includes(outcome), `${name}: ${outcome}`);
  }
  await nothingHappened();
}));

test('a form of another page changes nothing', () => stranger(async (page) => {
  const answered = page.waitForResponse(`${device.origin}/v1/transfers`);
  await page.evaluate(({ origin, offer }) => {
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: `${origin}/v1/transfers`, enctype: 'text/plain' });
    const input = document.createElement('input');
    Object.assign(input, { name: JSON.stringify(offer).slice(0, -1), value: '}' });
    form.append(input);
    document.body.append(form);
    form.submit();
  }, { origin: device.origin, offer: kOffer });
  assert.equal((await answered).status(), 403);
  await nothingHappened();
}));

test('another page cannot frame the handheld page', () => stranger(async (page) => {
  const framed = await page.evaluate((origin) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = `${origin}/`;
    frame.onload = () => resolve(true);
    document.body.append(frame);
  }), device.origin);
  assert.ok(framed);
  const inside = page.frames().find((frame) => frame !== page.mainFrame());
  assert.match(inside.url(), /^chrome-error:/);  // The browser's own page in its place.
  await nothingHappened();
}));

test('a name that was bound to this device anew is refused', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const port = new URL(device.origin).port;
  const answer = await page.goto(`http://rebound.example:${port}/`);
  assert.equal(answer.status(), 403);
  const read = await page.evaluate(async (token) => (await fetch('/v1/status', { headers: { Authorization: `Bearer ${token}` } })).status, device.token);
  assert.equal(read, 403);
  await context.close();
  await nothingHappened();
});

test('a link opens one page; its token opens no others, and is not the program\'s own', async () => {
  const link = await device.link();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.waitForSelector('h1:has-text("Today")');
  assert.equal(new URL(page.url()).hash.includes('ticket'), false);
  const token = await page.evaluate(() => sessionStorage.getItem('handover.token'));
  assert.notEqual(token, device.token);
  const status = (target, method, bearer) => page.evaluate(
    async (asked) => (await fetch(asked.target, { method: asked.method, headers: { Authorization: `Bearer ${asked.bearer}` } })).status, { target, method, bearer });
  for (const spelt of ['/v1/page/tickets', '/v1/%70age/tickets', '/v1//page/tickets']) assert.equal(await status(spelt, 'POST', token), 403, spelt);
  assert.equal(await status('/v1/status', 'GET', token), 200);
  assert.equal(await status('/v1/status', 'GET', device.token), 401);
  const again = await (await browser.newContext()).newPage();
  await again.goto(link);
  await again.waitForSelector('text=This link was used before');
  const cookies = await context.cookies();
  assert.deepEqual(cookies, []);
  await context.close();
  await again.context().close();
});

const kForeign = {
  '/': ['text/html', '<!doctype html><title>foreign</title><body></body>'],
  '/x.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
  '/x.js': ['text/javascript', 'window.ran.push("foreign")'],
  '/read': ['text/plain', 'read'],
};

/** A server that would let every page in, and keeps what it was asked for. */
async function welcomer() {
  const asked = [];
  const server = http.createServer((request, response) => {
    const [type, body] = kForeign[request.url] ?? ['text/plain', ''];  // The browser asks for an icon by itself.
    if (request.url in kForeign) asked.push(request.url);
    response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, origin: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

/** What a page that was talked into it tries to run, load and send. */
const tryForeign = async (origin) => {
  window.ran = [];
  const ended = (element, name, value) => new Promise((resolve) => {
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve('refused');
    try { element[name] = value; } catch { resolve('refused'); }  // Trusted types.
    document.body.append(element);
  });
  const inline = document.createElement('script');
  try { inline.textContent = 'window.ran.push("inline")'; document.body.append(inline); } catch { /* Trusted types. */ }
  const outcome = { image: await ended(new Image(), 'src', `${origin}/x.svg`), script: await ended(document.createElement('script'), 'src', `${origin}/x.js`) };
  try { await fetch(`${origin}/read`); outcome.sent = 'sent'; } catch { outcome.sent = 'refused'; }
  return { ...outcome, ran: window.ran };
};

test('the page runs nothing that is not its own, and reaches nobody else', async () => {
  const foreign = await welcomer();
  const unguarded = await welcomer();
  const anna = await Person.at(browser, device);
  const plain = await anna.context.newPage();
  try {
    await plain.goto(unguarded.origin);  // A page that nothing forbids it: there it works.
    assert.deepEqual(await plain.evaluate(tryForeign, foreign.origin), { image: 'loaded', script: 'loaded', sent: 'sent', ran: ['inline', 'foreign'] });
    foreign.asked.length = 0;
    assert.deepEqual(await anna.page.evaluate(tryForeign, foreign.origin), { image: 'refused', script: 'refused', sent: 'refused', ran: [] });
    assert.deepEqual(foreign.asked, []);
    assert.ok(anna.complaints.some((complaint) => /Content Security Policy/.test(complaint)));
  } finally {
    await anna.context.close();
    foreign.close();
    unguarded.close();
  }
});

test('all files of the page together stay small', async () => {
  const known = new Set(['/']);
  let bytes = 0;
  for (const target of known) {  // Grows while it is gone through.
    const answer = await fetch(device.origin + target);
    assert.equal(answer.status, 200, target);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
    const text = await answer.text();
    bytes += zlib.gzipSync(text, { level: 9 }).length;
    for (const [, found] of text.matchAll(/["'](\/page\/[\w.]+)["']/g)) known.add(found);
  }
  assert.ok(known.size > 10, 'the page has more files than that');
  console.log(`${known.size} files of the page, ${bytes} bytes compressed`);
  assert.ok(bytes < kAssetsMax);
});
