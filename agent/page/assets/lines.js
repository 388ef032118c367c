// The list of parts in a form: scanned, typed or picked from stock, counted with large buttons.
import { field, fill, h, say } from '/page/dom.js';
import { t } from '/page/texts.js';
import { fold, particulars } from '/page/words.js';
import { cameraButton, scanField } from '/page/scanner.js';

const kSuggestionsMax = 6;

/** `item` as the API takes it, from a line of the form. */
export const itemOf = (line) => ({ ProdNum: line.prod, Qty: line.qty, SerialNum: line.serial, BatchNum: line.batch });
export const lineOf = (item) => ({ prod: item.ProdNum, qty: String(item.Qty ?? '1'), serial: item.SerialNum ?? '', batch: item.BatchNum ?? '' });

/**
 * Puts what the agent finds wrong with a line to that line, so that it stays with it when others go. `items` is the
 * pointer of the list.
 */
export function markLines(lines, errors, items) {
  lines.forEach((line) => { delete line.wrong; });
  for (const { pointer, detail } of errors) {
    const [, n, name = ''] = (pointer.startsWith(`${items}/`) && /^(\d+)\/?(.*)$/.exec(pointer.slice(items.length + 1))) || [];
    if (lines[n]) (lines[n].wrong ??= {})[name.replace('OutQty', 'Qty')] = detail;
  }
}

/**
 * Edits `lines` in place and calls `changed` after each change. `stock` is what may be picked from (empty: nothing);
 * `other` takes what was scanned and is no part. The answer's `take` takes a text that was scanned otherwise.
 */
export function lineEditor({ lines, stock, changed, other }) {
  const list = h('ul', {});
  const suggestions = h('div', { class: 'choices' });
  let editing = -1;

  const keep = () => { changed(); show(); };
  const set = (line, name, value) => {
    line[name] = value;
    delete line.wrong;
    changed();
  };
  const add = (line, note) => {
    lines.push(line);
    say(t('lines.added', { prod: line.prod }));
    editing = note ? lines.length - 1 : -1;
    keep();
    if (note) focusOn(`line-${lines.length - 1}-serial`);
  };
  const take = (text) => {
    if (other(text)) return null;
    const wanted = fold(text);
    const unit = stock.find((row) => row.SerialNum && fold(row.SerialNum) === wanted);
    const part = stock.find((row) => !row.SerialNum && fold(row.ProdNum) === wanted);
    const known = lines.find((line) => !line.serial && fold(line.prod) === wanted);
    if (unit) return lines.some((line) => fold(line.serial) === wanted) ? null : add({ ...lineOf(unit), qty: '1' });
    if (known) {
      known.qty = step(known.qty, 1);
      say(t('lines.oneMore', { prod: known.prod, n: known.qty }));
      return keep();
    }
    return add(part ? { ...lineOf(part), qty: '1' } : { prod: text, qty: '1', serial: '', batch: '' }, !part);
  };
  const suggest = (text) => {
    const wanted = fold(text);
    const fits = wanted.length < 2 ? [] : stock.filter((row) => fold(`${row.ProdNum} ${row.SerialNum}`).includes(wanted));
    fill(suggestions, fits.slice(0, kSuggestionsMax).map((row) => h('button', { type: 'button', class: 'choice',
      onclick: () => { document.getElementById('scan-part').value = ''; suggest(''); take(row.SerialNum || row.ProdNum); } },
      h('strong', {}, row.ProdNum), h('span', { class: 'soft' }, particulars(row) || t('lines.have', { n: row.Qty })))));
  };
  const show = () => fill(list, lines.length === 0 ? h('li', { class: 'soft' }, t('lines.none')) : lines.map(shown));
  const shown = (line, n) => h('li', { class: 'card' }, n === editing ? editor(line, n) : summary(line, n));
  const summary = (line, n) => h('div', { class: 'line' },
    h('div', { class: 'what' }, h('strong', {}, line.prod || '?'), particulars(itemOf(line)), complaints(line)),
    h('div', { class: 'foot' }, line.serial ? h('span', {}) : tally(line, n), h('span', { class: 'row' },
      h('button', { type: 'button', id: `edit-${n}`, 'aria-label': t('lines.edit', { prod: line.prod }), onclick: () => { editing = n; show(); focusOn(`line-${n}-prod`); } }, t('lines.editShort')),
      h('button', { type: 'button', id: `remove-${n}`, class: 'bad', 'aria-label': t('lines.remove', { prod: line.prod }), onclick: () => remove(n) },
        t('lines.removeShort')))));
  const remove = (n) => {
    say(t('lines.removed', { prod: lines[n].prod }));
    lines.splice(n, 1);
    editing = -1;
    keep();
    focusOn(lines.length > 0 ? `remove-${Math.min(n, lines.length - 1)}` : 'scan-part');
  };
  const complaints = (line) => Object.values(line.wrong ?? {}).map((why) => h('p', { class: 'why-wrong' }, why));
  const tally = (line, n) => {
    const input = h('input', { id: `qty-${n}`, inputmode: 'decimal', 'aria-label': t('lines.quantityOf', { prod: line.prod }), value: line.qty,
      oninput: () => set(line, 'qty', input.value.trim().replace(',', '.')) });
    const by = (count) => {
      set(line, 'qty', step(line.qty, count));
      input.value = line.qty;
      say(t('lines.oneMore', { prod: line.prod, n: line.qty }));
    };
    return h('div', { class: 'tally' },
      h('button', { type: 'button', 'aria-label': t('lines.less', { prod: line.prod }), onclick: () => by(-1) }, '−'), input,
      h('button', { type: 'button', 'aria-label': t('lines.more', { prod: line.prod }), onclick: () => by(1) }, '+'));
  };
  const editor = (line, n) => {
    const part = (label, name, wrongName, more = {}) => field(label, { id: `line-${n}-${name}`, value: line[name], ...more,
      oninput: (event) => set(line, name, event.target.value.trim()),
      onkeydown: (event) => event.key === 'Enter' && done() }, line.wrong?.[wrongName]);
    const done = () => { editing = -1; keep(); focusOn('scan-part'); };
    return h('div', {}, part(t('lines.product'), 'prod', 'ProdNum'), part(t('lines.serial'), 'serial', 'SerialNum'),
      part(t('lines.quantity'), 'qty', 'Qty', { inputmode: 'decimal' }), part(t('lines.batch'), 'batch', 'BatchNum'),
      h('p', {}, h('button', { type: 'button', class: 'wide', onclick: done }, t('lines.done'))));
  };
  show();
  const element = h('div', { class: 'stack' }, list,
    scanField({ id: 'scan-part', label: t('lines.scan'), action: t('lines.add'), found: take, listen: suggest }), suggestions, cameraButton(take));
  return { element, take };
}

const focusOn = (id) => document.getElementById(id)?.focus();

/** One more or less of a whole number; anything else stays as it was typed, for the agent to judge. */
function step(quantity, by) {
  if (!/^\d{1,9}$/.test(quantity)) return quantity;
  return String(Math.max(1, Number(quantity) + by));
}

/** A list that cannot be changed. */
export function itemList(items) {
  return h('ul', {}, items.map((item) => h('li', { class: 'card line' },
    h('div', { class: 'what' }, h('strong', {}, item.ProdNum), particulars(item), item.wrong ? h('p', { class: 'why-wrong' }, item.wrong) : null),
    h('div', { class: 'how-many' }, String(item.Qty ?? item.OutQty ?? item.InQty ?? item.InventoryQty ?? '')))));
}
