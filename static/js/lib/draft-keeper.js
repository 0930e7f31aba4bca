/*
 * Sends a form's draft to the server: soon after typing stops, in between while it does not, again
 * after a failure with growing pauses. One request is under way at a time, which keeps revisions
 * in order.
 */
import { renewToken, token } from "./token.js";

const AFTER_TYPING = 1_200;
const WHILE_TYPING = 10_000;
const FIRST_RETRY = 3_000;
const LAST_RETRY = 60_000;
/* Browsers let a request outlive its page only when it is smaller than this. */
const KEEPALIVE_BYTES = 60_000;

const SIGN_IN_AGAIN = new Set([400, 401, 403]);
const TRY_AGAIN = new Set([408, 425, 429]);

/*
 * What happened goes to the listeners of the same names; onTrouble means the server was reached
 * and could not.
 */
export function draftKeeper(form, listeners) {
  const { onSaving, onSaved, onOffline, onTrouble, onSignedOut, onStopped } = listeners;
  let timer = 0;
  let dirtySince = 0;
  let changes = 0;
  let kept = 0;
  let busy = false;
  let retry = 0;
  let stale = false;
  let resting = false;
  let tellDirty = () => {};
  let request = null;

  const dirty = () => changes !== kept;
  const field = (name) => form.elements.namedItem(name);

  function schedule(delay) {
    clearTimeout(timer);
    if (!resting) timer = setTimeout(save, delay);
  }

  /*
   * The server may have put this draft beside a newer one; from then on this page writes to its
   * own.
   */
  function take(answer) {
    if (field("revision")) field("revision").value = answer.revision;
    if (answer.forked) {
      field("key").value = answer.key;
      form.dataset.draftUrl =
        answer.url ?? form.dataset.draftUrl.replace(/[^/]+$/, encodeURIComponent(answer.key));
    }
  }

  function later() {
    retry = Math.min(retry ? retry * 2 : FIRST_RETRY, LAST_RETRY);
    schedule(retry * (0.7 + Math.random() * 0.6));
  }

  async function refused(answer) {
    if (SIGN_IN_AGAIN.has(answer.status)) {
      stale = true;
      onSignedOut();
      return;
    }
    const said = await answer.json().catch(() => ({}));
    onStopped(typeof said.error === "string" ? said.error : "");
  }

  async function put(body) {
    request = new AbortController();
    return fetch(form.dataset.draftUrl, {
      method: "PUT",
      body,
      headers: { "X-CSRFToken": token(), Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      signal: request.signal,
    });
  }

  async function save() {
    clearTimeout(timer);
    if (busy || resting || !dirty()) return;
    busy = true;
    const sent = changes;
    try {
      if (stale) stale = !(await renewToken());
      if (stale) {
        onSignedOut();
        return;
      }
      onSaving();
      const answer = await put(new FormData(form));
      if (resting) return;
      if (answer.ok) {
        const draft = await answer.json();
        take(draft);
        kept = sent;
        retry = 0;
        onSaved(draft);
      } else if (answer.type === "opaqueredirect") {
        stale = true;
        onSignedOut();
      } else if (answer.status >= 500 || TRY_AGAIN.has(answer.status)) {
        onTrouble();
        later();
      } else {
        await refused(answer);
      }
    } catch {
      if (resting) return;
      onOffline();
      later();
    } finally {
      busy = false;
      dirtySince = dirty() ? Date.now() : 0;
      if (!resting) tellDirty(dirty());
      if (kept === sent && dirty()) schedule(AFTER_TYPING);
    }
  }

  return {
    /*
     * Something changed: wait for a pause, but not for ever. While the line is down the next try
     * is already set.
     */
    touch() {
      changes += 1;
      dirtySince ||= Date.now();
      tellDirty(true);
      if (busy || retry) return;
      const waited = Date.now() - dirtySince;
      schedule(Math.max(0, Math.min(AFTER_TYPING, WHILE_TYPING - waited)));
    },

    /*
     * The page goes out of sight, perhaps for good: what is unsaved is sent so that it may outlive
     * it.
     */
    saveLeaving() {
      if (busy || resting || stale || !dirty()) return;
      const body = new FormData(form);
      const small = new Blob([String(body.get("body"))]).size < KEEPALIVE_BYTES;
      if (!small) {
        save();
        return;
      }
      clearTimeout(timer);
      busy = true;
      const sent = changes;
      fetch(form.dataset.draftUrl, {
        method: "PUT",
        body,
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        credentials: "same-origin",
        keepalive: true,
      })
        .then(async (answer) => {
          if (!answer.ok) return;
          const draft = await answer.json();
          take(draft);
          kept = sent;
          onSaved(draft);
        })
        .catch(() => {})
        .finally(() => {
          busy = false;
          tellDirty(dirty());
          if (dirty()) schedule(AFTER_TYPING);
        });
    },

    retryNow() {
      retry = 0;
      if (dirty()) schedule(0);
    },

    /* The letter itself is on its way: nothing of the draft may follow it. */
    rest() {
      resting = true;
      clearTimeout(timer);
      request?.abort();
    },

    onDirty(listener) {
      tellDirty = listener;
    },
  };
}
