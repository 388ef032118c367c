// What was typed and not sent yet. It outlives a reload and a restart of the agent, and goes with
// the tab: nothing of it is left in the browser afterwards.
import { post } from '/page/api.js';

const kPrefix = 'handover.draft.';

/** A copy of `otherwise`, with what is kept of the draft. */
export function readDraft(name, otherwise) {
  const draft = structuredClone(otherwise);
  try {
    return Object.assign(draft, JSON.parse(sessionStorage.getItem(kPrefix + name) || '{}'));
  } catch {
    return draft;
  }
}

export function keepDraft(name, draft) {
  sessionStorage.setItem(kPrefix + name, JSON.stringify(draft));
}

export const hasDraft = (name) => sessionStorage.getItem(kPrefix + name) !== null;

export function dropDraft(name) {
  sessionStorage.removeItem(kPrefix + name);
}

/**
 * Sends `request` for a draft, which goes when it is answered. The Idempotency-Key is the same as before as long as the
 * request is, so that a repeat makes nothing twice, also after a reload.
 */
export async function sendDraft(name, draft, target, request) {
  const text = JSON.stringify(request);
  if (draft.sent !== text) {
    draft.sent = text;
    draft.key = crypto.randomUUID();
  }
  keepDraft(name, draft);
  const answer = await post(target, request, draft.key);
  dropDraft(name);
  return answer;
}
