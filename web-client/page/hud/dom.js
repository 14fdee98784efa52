// Small helpers for the page's elements. Text is always set as text and never as HTML, because players write some of it.

/**
 * The element with an id. The page must have it.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * A new element: `make('b', {class: 'name'}, 'text', child, …)`.
 *
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Sets text only when it differs, so that a frame without changes costs no layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or clears a data attribute only when it differs. */
export function setData(element, name, value) {
  const text = value == null ? undefined : String(value);
  if (element.dataset[name] === text) return;
  if (text === undefined) delete element.dataset[name];
  else element.dataset[name] = text;
}

/** `m:ss`. */
export function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
