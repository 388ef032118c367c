// Every screen, by day and by night: barriers, targets that are too small, and anything that stands out of the screen.
// With HANDOVER_SCREENS=FOLDER it makes the pictures there, too.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { BackEnds, Company, openBrowser, Person } from './harness.mjs';

const kFolder = process.env.HANDOVER_SCREENS;
const kStock = [{ ProdNum: 'WS-C3850-48U-S', InQty: 1, SerialNum: 'FCW1950C12F' }, { ProdNum: 'C9800-40-K9', InQty: 1, SerialNum: 'CUSTDC07' },
  { ProdNum: 'TE-1405-HW-AC-B', InQty: 1, SerialNum: 'CUST0033' }, { ProdNum: 'CAT6-3M', InQty: 40 }, { ProdNum: 'SFP-10G-SR', InQty: 6 }];

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser.close(); });

/** Looks at the screen that `person` has, in both colour schemes. */
async function look(person, name, faults) {
  for (const colorScheme of ['light', 'dark']) {
    await person.page.emulateMedia({ colorScheme });
    for (const barrier of await person.barriers()) faults.push(`${name}, ${colorScheme}: ${barrier}`);
  }
  await person.page.emulateMedia({ colorScheme: 'light' });
  for (const target of await person.smallTargets()) faults.push(`${name}: too small: ${target}`);
  if (await person.isTooWide()) faults.push(`${name}: wider than the screen`);
  if (kFolder) await picture(person, name);
}

/** The whole screen: as tall as what it shows, so that its fixed parts stand where they belong. */
async function picture({ page }, name) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: 360, height: Math.max(640, height) });
  await page.screenshot({ path: path.join(kFolder, `${name}.png`) });
  await page.setViewportSize({ width: 360, height: 640 });
}

test('every screen, light and dark', async () => {
  const faults = [];
  const company = new Company();
  const ends = await BackEnds.start(company);
  try {
    const sender = await company.device('tech.17', 'Anna', 'Berg', 'VAN-17', ends.lane('tech.17'));
    const receiver = await company.device('tech.22', 'Bruno', 'Costa', 'VAN-22');
    const anna = await Person.at(browser, sender);
    const bruno = await Person.at(browser, receiver);
    await look(anna, 'today-new', faults);
    await sender.load('VAN-17', kStock);
    await anna.goes('#/stock');
    await anna.reads('FCW1950C12F');
    await look(anna, 'stock', faults);

    await anna.goes('#/out');
    await anna.sees('Hand over');
    await look(anna, 'hand-over-empty', faults);
    await anna.names('tech.22', 'VAN-22');
    await anna.scans('fcw1950c12f', 'scan-part');
    await anna.scans('cat6-3m', 'scan-part');
    await anna.scans('cat6-3m', 'scan-part');
    await anna.types('scan-part', 'CUST');
    await look(anna, 'hand-over', faults);
    await anna.types('scan-part', '');
    await anna.presses('Show my code');
    await anna.page.waitForSelector('.qr img');
    await look(anna, 'offer', faults);
    const offered = await anna.qrOnScreen();
    const code = await anna.codeOnScreen();
    await anna.presses('has answered');
    await anna.sees('Type the digits');
    await look(anna, 'receiver-code', faults);

    await bruno.goes('#/in');
    await bruno.sees('Receive');
    await look(bruno, 'receive-empty', faults);
    await bruno.names('tech.17', 'VAN-17');
    await bruno.adds('WS-C3850-48U-S', 'FCW1950C12F');
    await bruno.adds('CAT6-3M');
    await bruno.presses('I have counted');
    await bruno.sees('Type the code of');
    await look(bruno, 'sender-code', faults);
    await bruno.page.fill('.code-input', code.slice(0, 11) + String((Number(code[11]) + 1) % 10));
    await bruno.reads('One digit is wrong');
    await look(bruno, 'mistyped', faults);
    await bruno.page.fill('.code-input', code);
    await bruno.reads('Your list and the list of');
    await look(bruno, 'mismatch', faults);
    await bruno.presses('has gone');
    await look(bruno, 'partner-gone', faults);
    await bruno.presses('Cancel this receipt');
    await bruno.sees('Cancelled');
    await look(bruno, 'cancelled', faults);

    await bruno.goes('#/in');
    await bruno.page.fill('#scan-code', 'https://example.com');
    await bruno.page.press('#scan-code', 'Enter');
    await bruno.reads('This code cannot be taken');
    await look(bruno, 'scan-refused', faults);
    await bruno.names('tech.17', 'VAN-17');
    await bruno.scans('ANOTHER', 'scan-part');
    await look(bruno, 'line-changed', faults);
    await bruno.types('line-0-qty', '0');
    await bruno.presses('Done');
    await bruno.presses('I have counted');
    await bruno.page.waitForSelector('.why-wrong');
    await look(bruno, 'form-refused', faults);
    await bruno.page.fill('#qty-0', '1');
    await bruno.presses('I have counted');
    await bruno.sees('Type the code of');
    for (const told of ['3 tries left', '2 tries left', 'One try left', 'Five wrong codes']) {  // One was used up before.
      await bruno.page.fill('.code-input', '');
      await bruno.page.fill('.code-input', code);
      await bruno.reads(told);
    }
    await look(bruno, 'dead', faults);

    await bruno.goes('#/in');
    await bruno.page.fill('#scan-code', offered);
    await bruno.page.press('#scan-code', 'Enter');
    await bruno.reads('Filled in from');
    await look(bruno, 'receive-scanned', faults);
    await bruno.page.click('[aria-label="One less of CAT6-3M"]');
    await bruno.presses('I have counted');
    await bruno.reads('offered 2, counted 1');
    await look(bruno, 'counted-otherwise', faults);
    await anna.goes('#/today');
    await anna.sees('Today');
    await anna.presses('has not given you');
    await anna.sees('Read this code to');
    await anna.scans(await bruno.qrOnScreen());
    await anna.reads('offered 2, counted 1');
    await look(anna, 'offer-counted-otherwise', faults);
    await anna.presses('Offer what was counted');
    await anna.sees('Read this code to');
    await anna.page.waitForSelector('.qr img');
    await bruno.scans(await anna.qrOnScreen());
    await bruno.sees('Read this code to');
    await look(bruno, 'receipt', faults);
    await anna.scans(await bruno.qrOnScreen());
    await anna.sees('Handed over');
    await look(anna, 'handed-over', faults);

    await anna.goes('#/out');
    await anna.names('tech.22', 'VAN-22');
    for (let n = 1; n <= 34; ++n) await anna.adds(`PART-${n}`, createHash('sha256').update(String(n)).digest('base64url'));  // Nothing to compress.
    await anna.presses('Show my code');
    await anna.presses('Next code');
    await anna.reads('Code 2 of');
    await look(anna, 'offer-in-parts', faults);
    await anna.goes('#/use');
    await anna.sees('Use a part');
    await anna.types('use-order', 'WO-4711');
    await anna.types('use-site', 'Customer, second floor');
    await anna.scans('custdc07', 'scan-part');
    await look(anna, 'use', faults);
    await anna.presses('Record it');
    await anna.sees('Recorded');
    await look(anna, 'used', faults);

    await ends.fault({ kind: 'unknown_product', next: 1 });
    await sender.load('VAN-17', [{ ProdNum: 'CAT6-3M', InQty: 1 }]);
    await anna.goes('#/today');
    await anna.reads('was refused by ServiceMobility');
    await look(anna, 'today', faults);
    await anna.goes('#/records');
    await anna.reads('refused');
    await look(anna, 'records', faults);
    await anna.page.click('main a.record >> nth=0');
    await anna.reads('Tell your dispatcher');
    await look(anna, 'record', faults);
    await anna.goes('#/device');
    await anna.sees('Device');
    await look(anna, 'device', faults);
    await sender.kill();
    await anna.page.waitForSelector('#away >> text=is not running');
    await look(anna, 'agent-stopped', faults);
    await bruno.goes('#/device');
    await bruno.presses('Close this page');
    await bruno.sees('This page needs a new link');
    await look(bruno, 'needs-link', faults);
    assert.deepEqual([...anna.complaints, ...bruno.complaints], []);
  } finally {
    await ends.close();
    await company.close();
  }
  assert.deepEqual(faults, []);
});
