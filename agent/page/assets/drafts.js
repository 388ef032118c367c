// What was typed and not sent yet. It outlives a reload and a restart of the agent, and goes with
// the tab: nothing of it is left in the browser afterwards.

const kPrefix = 'handover.draft.';

export function readDraft(name, otherwise) {
  try {
    return { ...otherwise, ...JSON.parse(sessionStorage.getItem(kPrefix + name) || '{}') };
  } catch {
    return { ...otherwise };
  }
}

export function keepDraft(name, draft) {
  sessionStorage.setItem(kPrefix + name, JSON.stringify(draft));
}

export function dropDraft(name) {
  sessionStorage.removeItem(kPrefix + name);
}

/** The Idempotency-Key for sending `body`: the same as before as long as the body is, so that a repeat makes nothing twice. */
export function keyFor(draft, body) {
  const text = JSON.stringify(body);
  if (draft.sent !== text) {
    draft.sent = text;
    draft.key = crypto.randomUUID();
  }
  return draft.key;
}
