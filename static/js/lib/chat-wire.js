/* One pair's talk with the server: over the socket of the page, and by asking while there is none. */
import { ask, fetchJson } from "./line.js";
import { listening } from "./listen.js";

/* The socket may be back before this: then nobody should still wait for the other way. */
const PATIENCE = 8_000;
const OF_THE_LINE = new Set(["down", "trouble", "signin", "stranger"]);

/* Gives what the server answered, or null where nobody knows whether it heard. */
const overSocket = (name, news) =>
  new Promise((answer) => {
    document.dispatchEvent(new CustomEvent("live:ask", { detail: { name, news, answer } }));
  });

const words = (said) => Object.values(said?.fields ?? {})[0] ?? said?.error ?? "";

/* What the form's address answers, in the shape of what the socket does. */
async function overForm(url, fields, person) {
  const answer = await ask("POST", url, fields, person, { patience: PATIENCE });
  if (OF_THE_LINE.has(answer.kind)) return null;
  if (answer.said && "ok" in answer.said) return answer.said;
  return { ok: false, why: "invalid", words: words(answer.said) };
}

const without = (nothing, fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value || nothing]));

const wired = ({ quotes, ...fields }) => ({
  ...without(null, fields),
  quotes: quotes ? Number(quotes) : null,
});

export function chatWire(pair, person, urls) {
  const { on, off } = listening();
  let isIn = false;

  return {
    off,
    isIn: () => isIn,

    /* What happens in this room alone; others of the same person may be open on other pages. */
    hear(name, heard) {
      on(document, `live:chat.${name}`, ({ detail }) => {
        if (Number(detail?.pair ?? pair) === pair) heard(detail);
      });
    },

    /* Runs whenever the socket is up, at first and again after each cut. */
    onLine(up, down) {
      on(document, "live:ready", up);
      on(document, "live:cut", () => {
        isIn = false;
        down();
      });
    },

    async enter(after) {
      const said = await overSocket("chat.enter", { pair, after });
      isIn = Boolean(said?.ok);
      return said;
    },

    tell(name, news) {
      const detail = { name: `chat.${name}`, news: { pair, ...news } };
      if (isIn) document.dispatchEvent(new CustomEvent("live:say", { detail }));
    },

    say(fields) {
      if (isIn) return overSocket("chat.say", { pair, ...wired(fields) });
      return overForm(urls.say, without("", fields), person);
    },

    /* Photos go with the form: the socket carries words alone. */
    post: (fields) => overForm(urls.say, fields, person),

    askTeacher: (fields) => overForm(urls.ask, without("", fields), person),

    unsend(line, url) {
      if (isIn) return overSocket("chat.unsend", { pair, line });
      return overForm(url, {}, person);
    },

    lines: (asked) => fetchJson(`${urls.lines}?${new URLSearchParams(asked)}`),
  };
}
