// The lines of a list in the order of the line checks: merged and sorted as both devices do it before they compute
// (docs/format/validation-code.md, "Lines"). Only for showing which digits are of which line; the agent computes.

/** Near enough to toNFKC_Casefold for sorting: what differs would only show two lines in the other order. */
function fold(text) {
  return (text ?? '').normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

export function canonicalRows({ transfer }) {
  const rows = new Map();
  for (const item of transfer.Items) {
    const key = [item.ProdNum, item.SerialNum, item.BatchNum].map(fold);
    const known = rows.get(key.join('\0'));
    if (known) known.Qty = added(known.Qty, item.Qty);
    else rows.set(key.join('\0'), { ...item, key });
  }
  return [...rows.values()].sort((one, other) => compare(one.key, other.key));
}

/** As UTF-8 bytes, which is the order of the code points. */
function compare(one, other) {
  for (const n of one.keys()) {
    const left = [...one[n]].map((character) => character.codePointAt(0));
    const right = [...other[n]].map((character) => character.codePointAt(0));
    for (let i = 0; i < Math.min(left.length, right.length); ++i) {
      if (left[i] !== right[i]) return left[i] - right[i];
    }
    if (left.length !== right.length) return left.length - right.length;
  }
  return 0;
}

const added = (one, other) => Number((Number(one) + Number(other)).toFixed(6));
