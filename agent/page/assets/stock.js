// My stock: what this device believes is here. Long lists are searched, not scrolled.
import { getAll } from '/page/api.js';
import { field, h, note, refill, title } from '/page/dom.js';
import { itemList } from '/page/lines.js';
import { t } from '/page/texts.js';
import { fold } from '/page/words.js';

const kShownMax = 60;

export async function openStock(page) {
  const place = page.status.device.storage_location;
  const load = () => getAll(`/v1/stock?limit=500&location=${encodeURIComponent(place)}`);
  let rows = await load();
  let query = '';
  const list = h('div', { 'aria-live': 'polite' });
  const showList = () => {
    const fits = rows.filter((row) => row.Qty !== 0 && fold(`${row.ProdNum} ${row.SerialNum} ${row.BatchNum}`).includes(fold(query)));
    refill(list, summary(fits, query), itemList(fits.slice(0, kShownMax).map((row) => ({ ...row, wrong: row.Qty < 0 ? t('stock.negative') : '' }))));
  };
  page.whenChanged(async (names) => {
    if (!names.has('record') && !names.has('reset')) return;
    rows = await load();
    showList();
  });
  showList();
  page.show(title(t('stock.title')), h('p', { class: 'soft' }, place),
    field(t('stock.search'), { id: 'stock-query', type: 'search', enterkeyhint: 'search', oninput: (event) => { query = event.target.value; showList(); } }), list);
}

function summary(fits, query) {
  if (fits.length === 0) return note('', h('p', {}, query ? t('stock.notFound', { query }) : t('stock.none')));
  if (fits.length > kShownMax) return h('p', { class: 'soft' }, t('stock.shown', { n: kShownMax, all: fits.length }));
  return h('p', { class: 'soft' }, t('stock.count', { n: fits.length }));
}
