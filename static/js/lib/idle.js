/* Work on a long text that can wait until the browser has shown what was typed. */

const LATEST = 1_000;

/* Gives a function that asks for the work to be done soon, once, however often it is asked. */
export function whenIdle(work) {
  let asked = false;
  const run = () => {
    asked = false;
    work();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (window.requestIdleCallback) requestIdleCallback(run, { timeout: LATEST });
    else setTimeout(run, LATEST / 4);
  };
}

/* Characters as people and the server count them: one that takes two units is one. */
export function lengthOf(text) {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff) pairs += 1;
  }
  return text.length - pairs;
}
