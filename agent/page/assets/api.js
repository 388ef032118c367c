// The way to the agent: calls with the page's token, and the stream of events. It knows no screen.

const kToken = 'handover.token';
const kReconnectMs = 1000;

/** What the agent refused, with its problem document. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.problem = problem;
    this.name = (problem.type || '').replace('urn:handover:problem:', '');
  }
  /** What is wrong, and where in what was sent. */
  get errors() { return this.problem.errors ?? [{ pointer: '', detail: this.message }]; }
}

/** This page has no token, or one that the agent does not know any more. */
export class NeedsLink extends Error {}

export const hasToken = () => sessionStorage.getItem(kToken) !== null;

/** Gives the token back, and forgets it and everything typed. An agent that does not answer keeps it among its sixteen. */
export async function closePage() {
  await sendOnce('DELETE', '/v1/page/tokens').catch(() => {});
  sessionStorage.clear();
}

/** Takes the ticket out of the address, where it must not stay, and exchanges it. */
export async function enter() {
  const ticket = /^#ticket=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (!ticket) return;
  history.replaceState(null, '', location.pathname);
  const answer = await send('POST', '/v1/page/tokens', { ticket });
  sessionStorage.setItem(kToken, answer.token);
}

export const get = (target) => send('GET', target);
export const post = (target, body, key) => send('POST', target, body, key ?? crypto.randomUUID());

let answersChanged = () => {};
/** `changed` hears whether the agent answers. */
export const watchAgent = (changed) => { answersChanged = changed; };

/** Nothing is done twice by asking again, since a POST keeps its Idempotency-Key. */
const send = async (method, target, body, key) => read(await untilAnswered(() => sendOnce(method, target, body, key)));

/** Asks until the agent answers: it may be starting anew. */
async function untilAnswered(ask) {
  for (;;) {
    try {
      const answer = await ask();
      answersChanged(true);
      return answer;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;  // fetch's word for "no answer".
      answersChanged(false);
      await pause();
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, kReconnectMs));

async function sendOnce(method, target, body, key) {
  const headers = authorization();
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  const response = await fetch(target, { method, headers, body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' });
  return { response, text: await response.text() };
}

function read({ response, text }) {
  if (response.status === 401) {
    sessionStorage.removeItem(kToken);
    throw new NeedsLink();
  }
  const document = text ? JSON.parse(text) : {};
  if (!response.ok) throw new Refused(response.status, document);
  return document;
}

function authorization() {
  const token = sessionStorage.getItem(kToken);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Every page of a list; `target` has its query already. */
export async function getAll(target) {
  const all = [];
  let after = '';
  for (;;) {
    const page = await get(target + after);
    all.push(...page.items);
    if (page.next === null) return all;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

/** A picture that the agent makes, as an address of this page's own. */
export function picture(target, type) {
  return untilAnswered(async () => {
    const response = await fetch(target, { headers: { ...authorization(), Accept: type }, credentials: 'omit' });
    return response.ok ? URL.createObjectURL(await response.blob()) : read({ response, text: await response.text() });
  });
}

/**
 * Listens to the agent's events while the page is in sight: a browser has few connections to one agent, and many tabs.
 * After a break it goes on from the last event that it heard. `heard` gets the name and the data of each, and "reset" at
 * first, since the page has looked before it listened.
 */
export async function listen(heard) {
  let lastId = '';
  while (hasToken()) {
    if (document.hidden) await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
    const out = new AbortController();
    const look = () => { if (document.hidden) out.abort(); };
    document.addEventListener('visibilitychange', look);
    try {
      const headers = { ...authorization(), ...(lastId ? { 'Last-Event-ID': lastId } : {}) };
      const response = await fetch('/v1/events', { headers, credentials: 'omit', cache: 'no-store', signal: out.signal });
      if (response.ok) {
        answersChanged(true);
        if (!lastId) heard('reset');
        for await (const event of eventsIn(response.body)) {
          if (event.id) lastId = event.id;
          if (event.name) heard(event.name, event.data);
        }
      }
      if (response.status === 401) sessionStorage.removeItem(kToken);
    } catch {
      if (!out.signal.aborted) answersChanged(false);
    }
    document.removeEventListener('visibilitychange', look);
    if (!out.signal.aborted) await pause();
  }
}

async function* eventsIn(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const parts = rest.split('\n\n');
    rest = parts.pop();
    for (const part of parts) yield eventOf(part);
  }
}

function eventOf(text) {
  const event = { id: '', name: '', data: null };
  for (const line of text.split('\n')) {
    if (line.startsWith('id: ')) event.id = line.slice(4);
    if (line.startsWith('event: ')) event.name = line.slice(7);
    if (line.startsWith('data: ')) event.data = JSON.parse(line.slice(6));
  }
  return event;
}
