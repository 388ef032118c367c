// Validation codes on the screen: shown in very large groups of four, and typed on a number pad, a
// keyboard, or by a scanner.
import { fill, h, newId, say } from '/page/dom.js';
import { t } from '/page/texts.js';
import { groups } from '/page/words.js';

export function codeShown(code) {
  return h('p', { class: 'code', role: 'img', 'aria-label': t('code.spoken', { digits: code.split('').join(' ') }) },
    groups(code).map((group) => h('span', {}, group)));
}

/**
 * Asks for a code of `length` digits. `typed` is what was typed before; `keep` hears each change, `complete` the whole code,
 * as soon as it is whole.
 */
export function codePad({ label, length, typed, keep, complete }) {
  let digits = typed || '';
  let judged = '';  // A code that was refused is not asked again by a second tap: each time could cost a try.
  const id = newId('code');
  const input = h('input', { id, class: 'code-input', inputmode: 'none', autocomplete: 'off', enterkeyhint: 'done',
    'aria-describedby': `${id}-left`, oninput: () => take(input.value), onkeydown: (event) => event.key === 'Enter' && finish() });
  const left = h('p', { id: `${id}-left`, class: 'soft' });

  const show = () => {
    input.value = groups(digits).join(' ');
    fill(left, digits.length < length ? t('code.left', { n: length - digits.length }) : '');
  };
  const take = (text) => {
    const before = digits;
    digits = text.replace(/\D/g, '').slice(0, length);
    show();
    if (digits === before) return;
    judged = '';
    keep(digits);
    finish();
  };
  const finish = () => {
    if (digits.length < length || digits === judged) return;
    judged = digits;
    complete(digits);
  };
  const key = (text, action, name) => h('button', { type: 'button', class: text.length > 1 ? 'word' : null,
    'aria-label': name ?? null, onclick: action }, text);
  show();
  return h('div', {},
    h('label', { for: id }, label), input, left,
    h('div', { class: 'pad', role: 'group', 'aria-label': label },
      ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => key(digit, () => take(digits + digit))),
      key(t('code.clear'), () => { take(''); say(t('code.left', { n: length })); }),
      key('0', () => take(`${digits}0`)),
      key(t('code.deleteShort'), () => take(digits.slice(0, -1)), t('code.delete'))));
}
