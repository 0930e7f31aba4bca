/* Event listeners that can all be taken off at once. */

/* Gives a function that adds listeners and one that removes every one of them. */
export function listening() {
  const control = new AbortController();
  const on = (target, kind, handler, options = {}) =>
    target.addEventListener(kind, handler, { ...options, signal: control.signal });
  return { on, off: () => control.abort() };
}
