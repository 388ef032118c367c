// Builds and replaces elements. Text is always text here: nothing that was typed or came from a
// back-end can become markup.

const kSvg = 'http://www.w3.org/2000/svg';
const kPaths = {
  back: 'M15 5l-7 7 7 7',
  today: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  stock: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  records: 'M6 3h9l4 4v14H6zM9 12h7M9 16h7M9 8h3',
  device: 'M7 3h10v18H7zM11 18h2',
  give: 'M4 8h13l-4-4M20 16H7',
  take: 'M20 8H7l4-4M4 16h13',
  use: 'M14 4l6 6-3 3-6-6zM11 7L4 14v6h6l7-7',
};

/** An element. Properties that start with "on" are listeners; true and false are attributes that are there or not. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

export function icon(name) {
  const picture = document.createElementNS(kSvg, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(kSvg, 'path');
  path.setAttribute('d', kPaths[name]);
  picture.append(path);
  return picture;
}

/** Puts `children` in place of what is there. Whoever has the focus, by its id, keeps it. */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : '';
  element.replaceChildren();
  append(element, children);
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * As fill(), but what looks as before stays the same element: a finger or the focus that is on it loses nothing while
 * events come in.
 */
export function refill(element, ...children) {
  const old = [...element.childNodes];
  const wanted = [...h('div', {}, ...children).childNodes].map((child) => {
    const same = old.findIndex((node) => node.isEqualNode(child));
    return same < 0 ? child : old.splice(same, 1)[0];
  });
  old.forEach((node) => node.remove());
  let place = element.firstChild;
  for (const node of wanted) {
    if (node === place) place = place.nextSibling;
    else element.insertBefore(node, place);
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** The title of a screen, which gets the focus when the screen opens. */
export const title = (text) => h('h1', { tabindex: '-1' }, text);

/** A box that says something; `kind` is '', 'warn' or 'bad'. */
export const note = (kind, ...children) => h('div', { class: `note ${kind}` }, ...children);

/** A link that looks like a button. */
export const linkButton = (href, text, kind = 'wide') => h('a', { class: `button ${kind}`, href }, text);

/** Opens another screen. */
export const go = (address) => { location.hash = address; };

/** Opens another screen in place of this one, to which there is no way back. */
export const goInstead = (address) => location.replace(address);

/** Says something to people who listen to the screen instead of looking at it. */
export function say(text) {
  document.getElementById('said').textContent = text;
}

let lastId = 0;
export function newId(prefix) {
  return `${prefix}-${++lastId}`;
}

/** A labelled input. `wrong` is what is wrong with what stands in it, if anything is. */
export function field(label, properties, wrong) {
  const id = properties.id || newId('field');
  const why = `${id}-why`;
  return h('div', {},
    h('label', { for: id }, label),
    h('input', { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', ...properties, id,
      'aria-invalid': wrong ? 'true' : null, 'aria-describedby': wrong ? why : null }),
    wrong ? h('p', { class: 'why-wrong', id: why }, wrong) : null);
}

/** Brings the first thing that is wrong into sight and focus, and says all of them. */
export function pointOut(errors) {
  const first = document.querySelector('[aria-invalid="true"], main .note.bad, .why-wrong');
  if (first && first.tagName !== 'INPUT') first.tabIndex = -1;
  first?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: 'center' });
  say(errors.map((one) => one.detail).join('. '));
}

/** A button's work that is not begun a second time while it runs: gloves press twice. */
export function once(work) {
  let running = false;
  return async (event) => {
    if (running) return;
    running = true;
    const button = event?.currentTarget;
    button?.setAttribute('aria-busy', 'true');
    try {
      await work();
    } finally {
      running = false;
      button?.removeAttribute('aria-busy');
    }
  };
}
