/**
 * Two words for building the page: an element with its attributes and children, and a duration as a reader says it.
 * They exist so that no script of this page ever writes HTML text.
 */

/**
 * @param {string} name such as `p`, or `p.quiet` with classes
 * @param {Record<string, unknown>} attributes `testid` becomes `data-testid`; false and null leave an attribute out
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (key === "testid") node.dataset.testid = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** `212 ms`, `1.24 s`, `14.0 s`. */
export function sayDuration(ms) {
  if (ms < 995) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
}
