/*
 * Keeps the words of a form while they are typed: on this device almost at once, on the server
 * soon after typing stops, in between while it does not, again after a failure with growing
 * pauses. One request is under way at a time, which keeps revisions in order.
 */
import { deliver, isDirty, save } from "./outbox.js";

const ONTO_DEVICE = 200;
const AFTER_TYPING = 1_200;
const WHILE_TYPING = 10_000;
const FIRST_RETRY = 3_000;
const LAST_RETRY = 60_000;
/* Browsers let a request outlive its page only when it is smaller than this. */
const KEEPALIVE_BYTES = 60_000;

/*
 * `read` gives the fields as they are now; `store` writes the record onto the device and gives
 * whether it is there. What happened goes to onSaving, onOutcome and onDevice.
 */
export function draftKeeper(record, { read, store }, { onSaving, onOutcome, onDevice, onDirty }) {
  let saving = 0;
  let writing = 0;
  let dirtySince = 0;
  let changes = 0;
  let onDisk = 0;
  let retry = 0;
  let resting = false;
  let underWay = null;

  const dirty = () => changes > 0 && isDirty(record);

  function schedule(delay) {
    clearTimeout(saving);
    if (!resting) saving = setTimeout(run, delay);
  }

  function later() {
    retry = Math.min(retry ? retry * 2 : FIRST_RETRY, LAST_RETRY);
    schedule(retry * (0.7 + Math.random() * 0.6));
  }

  async function write() {
    clearTimeout(writing);
    writing = 0;
    const seen = changes;
    if (!(await store(record))) return;
    onDisk = Math.max(onDisk, seen);
    onDevice(onDisk === changes);
  }

  function settled(outcome) {
    if (outcome.kind === "saved" || outcome.kind === "anew") {
      retry = 0;
      if (dirty()) schedule(outcome.kind === "anew" ? 0 : AFTER_TYPING);
    } else if (outcome.kind === "down" || outcome.kind === "trouble") {
      later();
    }
    dirtySince = dirty() ? Date.now() : 0;
    onDirty(dirty(), onDisk === changes);
    onOutcome(outcome);
  }

  async function run({ leaving = false } = {}) {
    clearTimeout(saving);
    if (underWay || resting || !dirty()) return;
    if (!leaving) onSaving();
    underWay = save(record, store, { leaving });
    const outcome = await underWay;
    underWay = null;
    if (!resting) settled(outcome);
  }

  return {
    /*
     * Something changed: wait for a pause, but not for ever. While the line is down the next try
     * is already set.
     */
    touch() {
      if (resting) return;
      changes += 1;
      record.fields = read();
      record.changedAt = new Date().toISOString();
      dirtySince ||= Date.now();
      onDirty(true, false);
      writing ||= setTimeout(write, ONTO_DEVICE);
      if (underWay || retry) return;
      const waited = Date.now() - dirtySince;
      schedule(Math.max(0, Math.min(AFTER_TYPING, WHILE_TYPING - waited)));
    },

    /*
     * The page goes out of sight, perhaps for good: what is unsaved is sent so that it may outlive
     * it.
     */
    saveLeaving() {
      if (writing) write();
      if (!dirty()) return;
      const small = new Blob([String(record.fields.body)]).size < KEEPALIVE_BYTES;
      run({ leaving: small });
    },

    retryNow() {
      retry = 0;
      if (dirty()) schedule(0);
    },

    /* Saves without waiting for a pause; gives what came of it. */
    async saveNow() {
      record.fields = read();
      changes += 1;
      if (underWay) await underWay;
      if (isDirty(record)) await run();
      return isDirty(record) ? { kind: "down" } : { kind: "saved", said: { url: record.edit } };
    },

    /* Sends the letter. Until the server says it has it, it is held, on the device where it may. */
    async send() {
      resting = true;
      clearTimeout(saving);
      clearTimeout(writing);
      Object.assign(record, {
        fields: read(),
        state: "held",
        changedAt: new Date().toISOString(),
      });
      await store(record, { surely: true });
      /* What is under way is waited for: its answer says how far the draft has come. */
      const before = underWay && (await underWay);
      /* That answer may be that the letter is gone: what is left is a new one, which nobody sent. */
      if (record.state !== "held") {
        resting = false;
        return before;
      }
      const outcome = await deliver(record, store);
      if (outcome.kind === "anew" || outcome.kind === "refused") resting = false;
      return outcome;
    },

    /* The letter is no longer on its way: typing goes on. */
    wake() {
      resting = false;
      record.state = "draft";
      retry = 0;
      changes += 1;
      schedule(AFTER_TYPING);
    },

    rest() {
      resting = true;
      clearTimeout(saving);
      if (writing) write();
    },
  };
}
