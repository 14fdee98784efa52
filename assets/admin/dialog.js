// Asks before anything is done: what, to whom, why. Answers of the server are told in its words.

import { post } from './api.js';
import { ACTIONS } from './actions.js';
import { byId, put } from './words.js';

let doing = null;

/** Opens the dialog of an action; `after` runs when it is done. */
export function confirm(name, at, after) {
  const action = ACTIONS[name];
  doing = { path: action.path ?? name, action, at, after };
  put(byId('dialog-title'), action.title(at));
  put(byId('dialog-text'), action.text(at));
  put(byId('dialog-do'), action.verb);
  put(byId('dialog-problem'), '');
  byId('dialog-fields').replaceChildren(...action.fields(at).map(field));
  byId('dialog-do').disabled = false;
  byId('dialog').showModal();
  byId('dialog-fields').querySelector('input, select')?.focus();
}

function field({ name, label, options, value = '', ...attributes }) {
  const place = document.createElement('div');
  place.className = 'field';
  const caption = document.createElement('label');
  caption.textContent = label;
  caption.htmlFor = `field-${name}`;
  const input = document.createElement(options ? 'select' : 'input');
  if (options) input.append(...options.map(([value, text]) => new Option(text, value)));
  Object.assign(input, attributes);
  input.id = caption.htmlFor;
  input.name = name;
  if (value !== '' || !options) input.value = value;
  place.append(caption, input);
  return place;
}

byId('dialog-cancel').addEventListener('click', () => byId('dialog').close());
byId('dialog').addEventListener('close', () => (doing = null));
byId('dialog-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!doing) return;
  const { path, action, at, after } = doing;
  const values = Object.fromEntries(new FormData(event.target));
  byId('dialog-do').disabled = true;
  put(byId('dialog-problem'), '');
  try {
    const answer = await post(path, action.body(at, values));
    byId('dialog').close();
    toast(action.done(at, answer));
    after();
  } catch (problem) {
    put(byId('dialog-problem'), problem.message);
  }
  byId('dialog-do').disabled = false;
});

let hiding;

/** Says a sentence for a moment. */
export function toast(text) {
  const element = byId('toast');
  put(element, text);
  element.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (element.hidden = true), 6_000);
}
