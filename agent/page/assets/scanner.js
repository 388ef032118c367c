// What is scanned: by a hardware scanner that types and ends with Enter, or by the camera where
// the browser can read codes.
import { fill, h } from '/page/dom.js';
import { t } from '/page/texts.js';

const kLookEveryMs = 150;
const kScannerPauseMs = 500;
const kScannedMin = 4;  // Shorter than any code; longer than what a person types by mistake.

/** A button that shows the camera and gives `found` each text once; null where the browser cannot read codes. */
export function cameraButton(found) {
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return null;
  const place = h('div', {});
  let stream = null;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    fill(place);
    button.textContent = t('scan.camera');
  };
  const look = async (video) => {
    const detector = new BarcodeDetector();
    const seen = new Set();
    while (stream && video.isConnected) {
      for (const code of await detector.detect(video).catch(() => [])) {
        if (seen.has(code.rawValue)) continue;
        seen.add(code.rawValue);
        navigator.vibrate?.(60);
        found(code.rawValue);
      }
      await new Promise((resolve) => setTimeout(resolve, kLookEveryMs));
    }
    stop();
  };
  const start = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const video = h('video', { playsinline: true, muted: true });
      video.srcObject = stream;
      fill(place, video);
      button.textContent = t('scan.stop');
      await video.play();
      look(video);
    } catch (error) {
      stop();
      fill(place, h('p', { class: 'note warn' }, t('scan.noCamera', { why: error.message })));
    }
  };
  const button = h('button', { type: 'button', class: 'wide', onclick: () => (stream ? stop() : start()) }, t('scan.camera'));
  return h('div', { class: 'stack' }, button, place);
}

/** A field that takes what a scanner types; `found` gets the text when Enter comes. */
export function scanField({ id, label, action, found, listen }) {
  const input = h('input', { id, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', enterkeyhint: 'done',
    oninput: () => listen?.(input.value),
    onkeydown: (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      take();
    } });
  const take = () => {
    const text = input.value.trim();
    input.value = '';
    listen?.('');
    if (text) found(text);
    input.focus();
  };
  return h('div', {}, h('label', { for: id }, label),
    h('div', { class: 'row' }, h('div', { class: 'grow' }, input), h('button', { type: 'button', onclick: take }, action)));
}

/**
 * Listens to a hardware scanner that types while no field has the focus; `found` gets the text when Enter comes. Returns
 * what ends it.
 */
export function listenToScanner(found) {
  let text = '';
  let last = 0;
  const hear = (event) => {
    const field = event.target.closest?.('input, select, textarea');
    if (field || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last > kScannerPauseMs) text = '';
    last = event.timeStamp;
    if (event.key === 'Enter' && text.length >= kScannedMin) {
      event.preventDefault();
      found(text);
      text = '';
    } else if (event.key.length === 1) {
      text += event.key;
      // A blank is part of a code; the button that has the focus must not take it for a press.
      if (text.length >= kScannedMin) event.preventDefault();
    }
  };
  document.addEventListener('keydown', hear, true);
  return () => document.removeEventListener('keydown', hear, true);
}
