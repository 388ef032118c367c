// What two technicians do with two pages, and what goes wrong while they do it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BackEnds, Company, openBrowser, Person } from './harness.mjs';

const kUnit = { ProdNum: 'C9800-40-K9', InQty: 1, SerialNum: 'CUSTDC07' };
const kCable = { ProdNum: 'CAT6-3M', InQty: 40 };

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser.close(); });

/** `run` with two enrolled devices and their pages; the pages must not have complained. */
async function withTwo(run, { stock = [kUnit, kCable], lanes } = {}) {
  const company = new Company();
  let ends;
  try {
    if (lanes) ends = await BackEnds.start(company, lanes);
    const lane = (user) => (ends ? ends.lane(user) : '');
    const devices = { sender: await company.device('tech.17', 'Anna', 'Berg', 'VAN-17', lane('tech.17')), receiver: await company.device('tech.22', 'Bruno', 'Costa', 'VAN-22', lane('tech.22')) };
    await devices.sender.load('VAN-17', stock);
    const anna = await Person.at(browser, devices.sender);
    const bruno = await Person.at(browser, devices.receiver);
    await run({ company, ...devices, anna, bruno, ends });
    assert.deepEqual([...anna.complaints, ...bruno.complaints], []);
    await anna.context.close();
    await bruno.context.close();
  } finally {
    await ends?.close();
    await company.close();
  }
}

const records = async (device) => (await device.call('GET', '/v1/records?limit=500')).items;
const halves = async (device) => (await records(device)).filter((record) => record.kind === 'transfer');
const openOnes = async (device, state) => (await device.call('GET', `/v1/transfers?state=${state}&limit=500`)).items;

/** Anna offers `parts`, which are scanned from her stock. */
async function offer(anna, parts) {
  await anna.goes('#/today');
  await anna.presses('Hand over');
  await anna.sees('Hand over');
  await anna.names('tech.22', 'VAN-22');
  for (const part of parts) await anna.scans(part, 'scan-part');
  await anna.presses('Show my code');
  await anna.sees('Read this code to');
}

/** Bruno types or scans what he has counted. */
async function count(bruno, parts) {
  await bruno.goes('#/today');
  await bruno.presses('Receive');
  await bruno.sees('Receive');
  await bruno.names('tech.17', 'VAN-17');
  for (const [product, serial] of parts) await bruno.adds(product, serial);
  await bruno.presses('I have counted');
  await bruno.sees('Type the code of');
}

async function handedOver({ sender, receiver }) {
  const [out, into] = [await halves(sender), await halves(receiver)];
  assert.equal(out.length, 1);
  assert.equal(into.length, 1);
  assert.equal(out[0].body.transfer.ValidationCode.PublicCode, into[0].body.transfer.ValidationCode.PrivateCode);
  assert.equal(out[0].body.transfer.ValidationCode.PrivateCode, into[0].body.transfer.ValidationCode.PublicCode);
  return { out: out[0].body, into: into[0].body };
}

test('a handover by code: read aloud, typed on the number pad', () => withTwo(async (world) => {
  const { anna, bruno } = world;
  await offer(anna, ['custdc07']);
  await count(bruno, [['C9800-40-K9', 'CUSTDC07']]);
  await bruno.keysIn(await anna.codeOnScreen());
  await bruno.sees('Read this code to');
  await anna.presses('has answered');
  await anna.keysIn(await bruno.codeOnScreen());
  await anna.sees('Handed over');
  const { out } = await handedOver(world);
  assert.equal(out.evidence, undefined);
  for (const [person, form] of [[anna, '#/out'], [bruno, '#/in']]) {
    await person.goes(form);
    await person.reads('Nothing yet.');  // The next handover begins with an empty list.
  }
  console.log(`by code, 1 line: sender ${anna.clicks} presses and ${anna.digits} digits, receiver ${bruno.clicks} presses and ${bruno.digits} digits`);
}));

test('a handover by QR code: each page reads what zbar saw on the other', () => withTwo(async (world) => {
  const { anna, bruno } = world;
  await offer(anna, ['custdc07']);
  const seen = await anna.qrOnScreen();
  await bruno.presses('Receive');
  await bruno.sees('Receive');
  const scanned = performance.now();
  await bruno.page.evaluate(() => document.activeElement?.blur());
  await bruno.page.fill('#scan-code', seen);
  await bruno.page.press('#scan-code', 'Enter');
  await bruno.reads('Filled in from the scanned code of Anna Berg');
  const filledMs = performance.now() - scanned;
  await bruno.reads('CUSTDC07');
  await bruno.presses('I have counted');
  await bruno.sees('Read this code to');
  await anna.scans(await bruno.qrOnScreen());  // Typed onto the screen: no field has the focus.
  await anna.sees('Handed over');
  const { out, into } = await handedOver(world);
  assert.match(out.evidence.offer, /^HO1:/);
  assert.deepEqual(out.evidence, into.evidence);
  console.log(`by QR, 1 line: sender ${anna.clicks} presses, receiver ${bruno.clicks} presses, no digits; from scan to filled form ${filledMs.toFixed(0)} ms`);
}));

test('twenty lines: by code and by QR', () => {
  const parts = Array.from({ length: 20 }, (_, n) => `PART-${String(n).padStart(2, '0')}`);
  return withTwo(async ({ anna, bruno, sender, receiver }) => {
    await offer(anna, parts);
    await count(bruno, parts.map((part) => [part]));
    await bruno.keysIn(await anna.codeOnScreen());
    await bruno.sees('Read this code to');
    await anna.presses('has answered');
    await anna.keysIn(await bruno.codeOnScreen());
    await anna.sees('Handed over');
    console.log(`by code, 20 lines: sender ${anna.clicks} presses and ${anna.digits} digits, receiver ${bruno.clicks} presses and ${bruno.digits} digits, 20 scans of parts each`);
    for (const person of [anna, bruno]) person.clicks = person.digits = 0;
    await offer(anna, parts);
    const seen = await anna.qrOnScreen();
    await bruno.goes('#/today');
    await bruno.presses('Receive');
    await bruno.page.fill('#scan-code', seen);
    await bruno.page.press('#scan-code', 'Enter');
    await bruno.reads('Filled in from');
    await bruno.presses('I have counted');
    await bruno.sees('Read this code to');
    await anna.scans(await bruno.qrOnScreen());
    await anna.sees('Handed over');
    assert.equal((await halves(sender)).length, 2);
    assert.equal((await halves(receiver)).length, 2);
    console.log(`by QR, 20 lines: sender ${anna.clicks} presses and 20 scans of parts, receiver ${bruno.clicks} presses and 1 scan, no digits; the code has ${seen.length} characters`);
  }, { stock: parts.map((part) => ({ ProdNum: part, InQty: 5 })) });
});

test('a mistyped code costs nothing; a mismatch leads to the line that differs', () => withTwo(async (world) => {
  const { anna, bruno } = world;
  await offer(anna, ['custdc07', 'cat6-3m', 'cat6-3m']);
  await count(bruno, [['C9800-40-K9', 'CUSTDC07'], ['CAT6-3M']]);
  const code = await anna.codeOnScreen();
  await bruno.keysIn(code.slice(0, 11) + String((Number(code[11]) + 1) % 10));
  await bruno.reads('One digit is wrong');
  await bruno.presses('Clear');
  await bruno.keysIn(code);
  await bruno.reads('Your list and the list of');
  await bruno.reads('4 tries left.');

  await anna.presses('Compare the lines');
  const rows = (person) => person.page.$$eval('main .checks tbody tr', (all) => all.filter((row) => row.checkVisibility()).map((row) => row.innerText.replace(/\s+/g, ' ')));
  const [ours, theirs] = [await rows(bruno), await rows(anna)];
  assert.equal(ours.length, 3);
  const differing = ours.filter((row, n) => row.slice(0, 2) !== theirs[n].slice(0, 2));
  assert.equal(differing.length, 1);
  assert.match(differing[0], /CAT6-3M/);

  await bruno.page.click('.note >> text=Change my list');
  await bruno.sees('Receive');
  await bruno.page.click('[aria-label="One more of CAT6-3M"]');
  await bruno.presses('I have counted');
  await bruno.sees('Type the code of');
  await bruno.keysIn(code);
  await bruno.sees('Read this code to');
  await anna.presses('has answered');
  await anna.keysIn(await bruno.codeOnScreen());
  await anna.sees('Handed over');
  await handedOver(world);
}));

test('a count that differs after the scan is shown to both, and offered anew', () => withTwo(async (world) => {
  const { anna, bruno, sender } = world;
  await offer(anna, ['cat6-3m', 'cat6-3m', 'custdc07']);
  await bruno.presses('Receive');
  await bruno.page.fill('#scan-code', await anna.qrOnScreen());
  await bruno.page.press('#scan-code', 'Enter');
  await bruno.reads('Filled in from');
  await bruno.page.click('[aria-label="One less of CAT6-3M"]');
  await bruno.reads('Your list is not the scanned one');
  await bruno.presses('I have counted');
  await bruno.reads('CAT6-3M: offered 2, counted 1');
  await anna.scans(await bruno.qrOnScreen());
  await anna.reads('CAT6-3M: offered 2, counted 1');
  await anna.presses('Offer what was counted');
  await anna.sees('Read this code to');
  await bruno.scans(await anna.qrOnScreen());
  await bruno.sees('Read this code to');
  await anna.scans(await bruno.qrOnScreen());
  await anna.sees('Handed over');
  const { out } = await handedOver(world);
  assert.equal(out.transfer.Items.find((item) => item.ProdNum === 'CAT6-3M').Qty, 1);
  assert.equal((await openOnes(sender, 'cancelled')).length, 1);
}));

test('a reload loses nothing: neither the form nor the digits', () => withTwo(async ({ anna, bruno }) => {
  await anna.presses('Hand over');
  await anna.names('tech.22', 'VAN-22');
  await anna.scans('custdc07', 'scan-part');
  await anna.page.reload();
  await anna.sees('Hand over');
  await anna.reads('CUSTDC07');
  assert.equal(await anna.page.inputValue('#who-user'), 'tech.22');
  await anna.presses('Show my code');
  await anna.sees('Read this code to');
  await count(bruno, [['C9800-40-K9', 'CUSTDC07']]);
  const code = await anna.codeOnScreen();
  await bruno.keysIn(code.slice(0, 7));
  await bruno.page.reload();
  await bruno.sees('Type the code of');
  assert.equal((await bruno.page.inputValue('.code-input')).replace(/\D/g, ''), code.slice(0, 7));
  await bruno.keysIn(code.slice(7));
  await bruno.sees('Read this code to');
}));

test('an agent that is killed in the middle: what was pressed is done once when it is back', () => withTwo(async (world) => {
  const { anna, bruno, sender, receiver } = world;
  await anna.presses('Hand over');
  await anna.names('tech.22', 'VAN-22');
  await anna.scans('custdc07', 'scan-part');
  await sender.kill();
  await anna.presses('Show my code');
  await anna.page.waitForSelector('#away >> text=is not running');
  await sender.start();
  await anna.sees('Read this code to');
  assert.equal((await openOnes(sender, 'offered')).length, 1);
  await count(bruno, [['C9800-40-K9', 'CUSTDC07']]);
  const code = await anna.codeOnScreen();
  await bruno.keysIn(code.slice(0, 11));
  await receiver.kill();
  await bruno.keysIn(code.slice(11));
  await bruno.page.waitForSelector('#away >> text=is not running');
  await receiver.start();
  await bruno.sees('Read this code to');
  await anna.presses('has answered');
  await anna.keysIn(await bruno.codeOnScreen());
  await anna.sees('Handed over');
  await handedOver(world);
}));

test('five wrong codes: both are told what to do, and a new code ends it well', () => withTwo(async (world) => {
  const { anna, bruno } = world;
  await offer(anna, ['custdc07']);
  await count(bruno, [['C9800-40-K9', 'ANOTHER']]);
  const code = await anna.codeOnScreen();
  for (let left = 4; left >= 0; --left) {
    await bruno.keysIn(code);
    if (left > 1) await bruno.reads(`${left} tries left.`);
    if (left === 1) await bruno.reads('One try left.');
    if (left > 0) await bruno.presses('Clear');
  }
  await bruno.sees('Five wrong codes');
  await bruno.presses('Change my list');
  await bruno.sees('Receive');
  await bruno.page.click('[aria-label="Change C9800-40-K9"]');
  await bruno.types('line-0-serial', 'CUSTDC07');
  await bruno.presses('Done');
  await bruno.presses('I have counted');
  await bruno.sees('Type the code of');
  await anna.presses('has gone');
  await anna.presses('Make a new code');
  while (await anna.codeOnScreen() === code) await anna.page.waitForTimeout(50);  // The agent tells the page of it.
  await bruno.keysIn(await anna.codeOnScreen());
  await bruno.sees('Read this code to');
  await anna.presses('has answered');
  await anna.keysIn(await bruno.codeOnScreen());
  await anna.sees('Handed over');
  await handedOver(world);
}));

test('a partner who has gone: the handover stays under Today, and can be cancelled', () => withTwo(async ({ anna, sender }) => {
  await offer(anna, ['custdc07']);
  await anna.goes('#/today');
  await anna.sees('Today');
  await anna.presses('has not given you the receiver code yet');
  await anna.sees('Read this code to');
  await anna.presses('has gone');
  await anna.presses('Cancel this handover');
  await anna.sees('Cancelled');
  assert.equal((await halves(sender)).length, 0);
}));

test('a code that was used before, and a code for somebody else, are refused in words', () => withTwo(async ({ anna, bruno }) => {
  await offer(anna, ['custdc07']);
  const offered = await anna.qrOnScreen();
  await anna.goes('#/in');  // The sender scans his own code.
  await anna.sees('Receive');
  await anna.page.fill('#scan-code', offered);
  await anna.page.press('#scan-code', 'Enter');
  await anna.reads('This code cannot be taken');
  await anna.reads('The spoken digits always work.');
  await bruno.presses('Receive');
  await bruno.page.fill('#scan-code', 'https://example.com/not-a-handover');
  await bruno.page.press('#scan-code', 'Enter');
  await bruno.reads('This code cannot be taken');
}));

test('a second tap on the last digit asks for nothing, and costs no try', () => withTwo(async ({ anna, bruno, receiver }) => {
  await offer(anna, ['custdc07']);
  await count(bruno, [['C9800-40-K9', 'ANOTHER']]);
  const code = await anna.codeOnScreen();
  await bruno.keysIn(code + code[11] + code[11]);
  await bruno.page.press('.code-input', 'Enter');
  await bruno.reads('4 tries left.');
  const [half] = await openOnes(receiver, 'recorded');
  assert.equal(half.tries_left, 4);
  await bruno.presses('Clear');
  await bruno.keysIn(code);  // Typed anew, it is meant.
  await bruno.reads('3 tries left.');
}));

test('a handover code that is scanned where it does not belong becomes no part, and what was recorded is not recorded again', () => withTwo(async ({ anna, bruno, sender }) => {
  await offer(anna, ['custdc07']);
  const code = await anna.qrOnScreen();
  for (const form of ['#/out', '#/use']) {
    await bruno.goes(form);
    await bruno.page.waitForSelector('#scan-part');
    await bruno.scans(code, 'scan-part');
    await bruno.reads('open “Receive” and scan it there');
    await bruno.reads('Nothing yet.');
  }
  await anna.goes('#/use');
  await anna.sees('Use a part');
  await anna.types('use-order', 'WO-1');
  await anna.scans('cat6-3m', 'scan-part');
  await anna.presses('Record it');
  await anna.sees('Recorded');
  await anna.scans('cat6-3m');  // By a hardware scanner, onto the screen that says so.
  assert.equal(await anna.page.locator('#scan-part').count(), 0);
  await anna.presses('Use another part');
  await anna.reads('Nothing yet.');
  assert.equal((await records(sender)).filter((record) => record.body.usage?.RefObjID === 'WO-1').length, 1);
}));

test('what was counted outlives a second scan of the offer', () => withTwo(async ({ anna, bruno }) => {
  await offer(anna, ['cat6-3m', 'cat6-3m', 'custdc07']);
  const seen = await anna.qrOnScreen();
  await bruno.presses('Receive');
  await bruno.scans(seen, 'scan-code');
  await bruno.reads('Filled in from');
  await bruno.page.click('[aria-label="One less of CAT6-3M"]');
  await bruno.reads('Your list is not the scanned one');
  await bruno.scans(seen, 'scan-part');
  await bruno.reads('Your list is not the scanned one');
  assert.equal(await bruno.page.inputValue('[aria-label="How many of CAT6-3M"]'), '1');
  await bruno.presses('Take the list of Anna Berg');
  assert.equal(await bruno.page.inputValue('[aria-label="How many of CAT6-3M"]'), '2');
}));

test('changing a list keeps the half until the new one is sent, and another form as it is', () => withTwo(async ({ anna, bruno, receiver }) => {
  await offer(anna, ['custdc07']);
  await count(bruno, [['C9800-40-K9', 'CUSTDC07'], ['CAT6-3M']]);
  const here = await bruno.page.evaluate(() => location.hash);
  await bruno.goes('#/in');
  await bruno.names('tech.33', 'VAN-33');
  await bruno.adds('OTHER-PART');
  await bruno.goes(here);
  await bruno.sees('Type the code of');
  await bruno.presses('has gone');
  await bruno.presses('Change my list');
  await bruno.sees('Receive');
  await bruno.page.click('[aria-label="Remove CAT6-3M"]');
  await bruno.page.reload();
  await bruno.reads('CUSTDC07');
  assert.equal(await bruno.page.locator('[aria-label="Remove CAT6-3M"]').count(), 0);
  assert.equal((await openOnes(receiver, 'recorded')).length, 1);
  await bruno.presses('I have counted');
  await bruno.sees('Type the code of');
  assert.equal((await openOnes(receiver, 'recorded')).length, 1);
  assert.equal((await openOnes(receiver, 'cancelled')).length, 1);
  await bruno.goes('#/in');
  await bruno.reads('OTHER-PART');
}));

test('what is wrong with a line stays with it, and the focus is never lost', () => withTwo(async ({ anna }) => {
  const focused = () => anna.page.evaluate(() => document.activeElement?.id);
  await anna.presses('Hand over');
  await anna.names('tech.22', 'VAN-22');
  await anna.adds('BAD-PART');
  await anna.page.fill('#qty-0', '0');
  await anna.scans('custdc07', 'scan-part');
  await anna.presses('Show my code');
  await anna.page.waitForSelector('.why-wrong');
  assert.notEqual(await anna.page.evaluate(() => document.activeElement?.tagName), 'BODY');
  await anna.page.click('[aria-label="Change BAD-PART"]');
  assert.equal(await focused(), 'line-0-prod');
  await anna.page.press('#line-0-prod', 'Enter');
  await anna.page.click('[aria-label="Remove BAD-PART"]');
  assert.equal(await focused(), 'remove-0');
  assert.equal(await anna.page.locator('.why-wrong').count(), 0);
}));

test('back leads away from a handover that is done', () => withTwo(async ({ anna, bruno }) => {
  await offer(anna, ['custdc07']);
  await count(bruno, [['C9800-40-K9', 'CUSTDC07']]);
  await bruno.keysIn(await anna.codeOnScreen());
  await bruno.sees('Read this code to');
  await anna.presses('has answered');
  await anna.keysIn(await bruno.codeOnScreen());
  await anna.sees('Handed over');
  const next = 'HO1:NOT-A-CODE';  // Another code that is scanned here opens the form that takes it.
  await anna.scans(next);
  await anna.sees('Receive');
  await anna.reads('This code cannot be taken');
  await anna.page.goBack();
  await anna.sees('Handed over');
  for (let i = 0; i < 4 && await anna.page.locator('h1:has-text("Today")').count() === 0; ++i) {
    await anna.page.goBack();
    await anna.page.waitForTimeout(200);
  }
  await anna.sees('Today');
}));

test('a new link opens in the tab of the old one', () => withTwo(async ({ anna, sender }) => {
  await anna.goes('#/device');
  const token = await anna.page.evaluate(() => sessionStorage.getItem('handover.token'));
  const asks = async () => (await fetch(`${sender.origin}/v1/status`, { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.equal(await asks(), 200);
  await anna.presses('Close this page');
  await anna.sees('This page needs a new link');
  assert.equal(await asks(), 401);  // It was given back.
  await anna.page.goto(await sender.link());
  await anna.sees('Today');
  assert.equal(await anna.page.evaluate(() => location.href.includes('ticket')), false);
  await sender.load('VAN-17', [kCable]);  // Events come in again.
  await anna.goes('#/records');
  await anna.reads('LOAD-1');
}));

test('with the keyboard alone', () => withTwo(async ({ anna, sender }) => {
  const { keyboard } = anna.page;
  const until = async (wanted) => {
    for (let i = 0; i < 60; ++i) {
      await keyboard.press('Tab');
      if (await anna.page.evaluate((name) => document.activeElement?.textContent === name || document.activeElement?.id === name, wanted)) return;
    }
    assert.fail(`the Tab key does not come to ${wanted}`);
  };
  await until('Hand over');
  await keyboard.press('Enter');
  await anna.sees('Hand over');
  assert.equal(await anna.page.evaluate(() => document.activeElement?.tagName), 'H1');
  await until('who-user');
  await keyboard.type('tech.22');
  await until('who-place');
  await keyboard.type('VAN-22');
  await until('scan-part');
  await keyboard.type('custdc07');
  await keyboard.press('Enter');
  await until('Show my code');
  await keyboard.press('Enter');
  await anna.sees('Read this code to');
  assert.equal((await openOnes(sender, 'offered')).length, 1);
}));

test('records: what a back-end refused, why, and what to do', () => withTwo(async ({ anna, sender, ends }) => {
  await ends.fault({ clear: true });
  await ends.fault({ kind: 'unknown_product', next: 1 });
  await sender.load('VAN-17', [{ ProdNum: 'CAT6-3M', InQty: 1 }]);
  await anna.reads('was refused by ServiceMobility');
  await anna.goes('#/records');
  await anna.sees('Records');
  await anna.presses('Refused');
  await anna.page.click('main a.record');
  await anna.reads('refused');
  await anna.reads('Tell your dispatcher the words above');
  await anna.presses('Send it again');
  await anna.reads('arrived');
}, { lanes: [] }));

test('a device that is not enrolled hands over by code', async () => {
  const company = new Company();
  try {
    const device = await company.plainDevice('tech.17', 'VAN-17');
    await device.load('VAN-17', [kUnit]);
    const anna = await Person.at(browser, device);
    await anna.goes('#/in');
    await anna.sees('Receive');
    assert.equal(await anna.page.locator('#scan-code').count(), 0);
    await offer(anna, ['custdc07']);
    assert.match(await anna.codeOnScreen(), /^\d{12}$/);
    assert.equal(await anna.page.locator('.qr').count(), 0);
    assert.deepEqual(anna.complaints, []);
    await anna.context.close();
  } finally {
    await company.close();
  }
});

test('a backlog that drains has a bar, and no coverage has no banner', () => withTwo(async ({ anna, sender, ends }) => {
  await ends.fault({ kind: 'status_503', next: 3 });
  await ends.fault({ kind: 'slow', ms: 200, one_in: 1 });
  for (let n = 0; n < 60; ++n) await sender.load('VAN-17', [{ ProdNum: 'CAT6-3M', InQty: 1 }]);
  await anna.reads('messages wait to be sent');
  assert.equal(await anna.page.locator('#away > *, .note.bad').count(), 0);
  await anna.page.waitForSelector('main progress');
  await anna.reads('Everything has arrived');
}, { lanes: [] }));

test('five hundred items of stock and five thousand records stay quick', () => withTwo(async ({ anna, sender }) => {
  const usage = (n) => ({ usage: { RefModule: '1002', RefObjID: `WO-${n}`, StorageLocations: [{ StorageLocationID: 'VAN-17', Items: [{ ProdNum: 'CAT6-3M', OutQty: 1 }] }] } });
  let next = 1;
  const recorder = async () => { while (next <= 5000) await sender.call('POST', '/v1/usages', usage(next++)); };
  await Promise.all(Array.from({ length: 8 }, recorder));
  const timed = async (what, work) => {
    const from = performance.now();
    await work();
    console.log(`${what}: ${(performance.now() - from).toFixed(0)} ms`);
  };
  await timed('5,000 records, the newest on the screen', async () => {
    await anna.goes('#/records');
    await anna.reads('WO-5000');
  });
  assert.equal(await anna.page.locator('a.record').count(), 30);
  await anna.presses('Show 30 older ones');
  await anna.reads('WO-4950');
  await timed('500 items of stock on the screen', async () => {
    await anna.goes('#/stock');
    await anna.reads('The first 60 of 500 are shown');
  });
  await timed('one of them found', async () => {
    await anna.page.fill('#stock-query', 'serial-0123');
    await anna.reads('SERIAL-0123');
  });
  assert.equal(await anna.page.locator('main li.card').count(), 1);
}, { stock: [kCable, ...Array.from({ length: 499 }, (_, n) => ({ ProdNum: `PART-${n}`, SerialNum: `SERIAL-${String(n).padStart(4, '0')}`, InQty: 1 }))] }));
