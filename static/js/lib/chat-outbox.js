/*
 * Lines on their way to the server, one after another in the order in which they were said. Each has
 * a key of its own from the start and lies on the device until the server says that it is kept; after
 * a cut it is sent again under the same key. A record is { id, kind, person, pair, fields, quoted,
 * changedAt, tried, refused, why, findings, dropped }.
 */
import * as device from "./device.js";
import { freshKey } from "./outbox.js";

const FIRST_RETRY = 1_500;
const LAST_RETRY = 15_000;

/* Answers after which the same line may go later; any other word on it is the last one. */
const LATER = new Set(["unavailable", "too_many"]);

/*
 * `carry` brings the fields of one line and gives the answer, or null where nobody knows whether it
 * was heard. `shown` hears whenever what lies here has changed, `sent` what was kept, and every other
 * answer goes to `answered`.
 */
export function chatOutbox(about, { keeps, carry, shown, sent, answered }) {
  const { person, pair } = about;
  let records = [];
  let timer = 0;
  let pause = 0;
  let busy = false;
  let left = false;
  let isOnDevice = keeps;

  const idOf = (key) => `chat:${key}`;
  const waiting = () => records.filter((record) => !record.refused && !record.dropped);

  async function store(record) {
    if (!keeps) return;
    try {
      await device.put(record);
    } catch {
      isOnDevice = false;
    }
  }

  function take(key) {
    const gone = records.find((record) => record.fields.key === key);
    if (!gone) return null;
    records = records.filter((record) => record !== gone);
    if (keeps) device.remove(gone.id).catch(() => {});
    return gone;
  }

  function later(wait = 0) {
    pause = Math.min(pause ? pause * 2 : FIRST_RETRY, LAST_RETRY);
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(wait * 1000, pause * (0.7 + Math.random() * 0.6)));
  }

  /* One line at a time: the next goes when it is known what became of the one before. */
  async function run() {
    clearTimeout(timer);
    if (busy || left) return;
    busy = true;
    for (let record = waiting()[0]; record; record = waiting()[0]) {
      const answer = await bring(record);
      if (left) return;
      if (!answer || LATER.has(answer.why)) {
        for (const held of waiting()) held.late = true;
        busy = false;
        if (answer) answered(answer);
        shown();
        later(answer?.wait);
        return;
      }
      pause = 0;
      await settled(record, answer);
    }
    busy = false;
  }

  async function bring(record) {
    if (!record.tried) {
      record.tried = true;
      await store(record);
    }
    return carry(record.fields);
  }

  async function settled(record, answer) {
    const { key } = record.fields;
    if (answer.ok) {
      const was = take(key);
      sent(answer.line, Boolean(was?.dropped));
    } else if (records.includes(record)) {
      Object.assign(record, {
        refused: answer.why,
        why: answer.words,
        findings: answer.findings ?? [],
      });
      await store(record);
    }
    answered(answer);
    shown();
  }

  return {
    /* What is shown as not there yet, in its order. */
    list: () => records.filter((record) => !record.dropped),
    isOnDevice: () => isOnDevice,
    has: (key) => records.some((record) => record.fields.key === key),

    async load() {
      if (!keeps) return;
      const lying = await device.all(person).catch(() => []);
      const ours = lying.filter((record) => record.kind === "chat" && record.pair === pair);
      const known = new Set(records.map(({ id }) => id));
      const found = ours.reverse().filter(({ id }) => !known.has(id));
      for (const record of found) record.late = true;
      records = [...found, ...records];
      shown();
    },

    async add({ body = "", sticker = "", quotes = "" }, quoted) {
      const key = freshKey();
      const record = {
        ...about,
        id: idOf(key),
        kind: "chat",
        fields: { key, body, sticker, quotes },
        quoted,
        label: about.title,
        changedAt: new Date().toISOString(),
        refused: "",
        late: pause > 0,
      };
      records.push(record);
      shown();
      await store(record);
      run();
    },

    /*
     * Nobody knows whether a line that was tried has come through. It is taken out of sight, and out
     * of the room when the server turns out to have it.
     */
    async drop(key) {
      const record = records.find((each) => each.fields.key === key);
      if (!record) return;
      if (record.tried && !record.refused) {
        record.dropped = true;
        await store(record);
      } else take(key);
      shown();
    },

    /* Gives what was written, for it to be written anew. */
    mend(key) {
      const record = take(key);
      shown();
      return record;
    },

    async again(key) {
      const record = records.find((each) => each.fields.key === key);
      if (!record) return;
      Object.assign(record, { refused: "", why: "", findings: [] });
      shown();
      await store(record);
      run();
    },

    /* These lines have come: gives those that their author no longer wanted to send. */
    have(lines) {
      const unwanted = [];
      for (const { id, key } of lines) {
        const record = key && take(key);
        if (record?.dropped) unwanted.push(id);
      }
      shown();
      return unwanted;
    },

    /* Everything that came through is known now; what was dropped and is not there never will be. */
    forgetDropped() {
      if (busy) return;
      for (const { fields } of records.filter((record) => record.dropped)) take(fields.key);
    },

    hurry() {
      pause = 0;
      run();
    },

    close() {
      left = true;
      clearTimeout(timer);
    },
  };
}
