/* Holds the one socket of a page and passes on what it hears to whatever on the page listens. */
import { io } from "socket.io-client";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/* So long an answer is waited for before it counts as lost. */
const PATIENCE = 10_000;

/*
 * Forty children lose the network together; a wide spread keeps them from coming back in one
 * second. Two who talk to each other are few and wait for each other: they come back sooner.
 */
function pace(talks) {
  return talks
    ? { reconnectionDelay: 1000, reconnectionDelayMax: 5000, randomizationFactor: 0.5 }
    : {
        reconnectionDelay: 2000,
        reconnectionDelayMax: 60000,
        randomizationFactor: 0.8,
        reconnectionAttempts: 20,
      };
}

/* Something was said in the room of the two: the way there has a dot, and nothing else is said. */
function point() {
  for (const link of document.querySelectorAll('nav a[href="/chat"]')) {
    if (link.querySelector(".dot") || link.hasAttribute("aria-current")) continue;
    const dot = document.createElement("span");
    dot.className = "dot";
    link.append(dot);
  }
}

export function connect() {
  const pass = meta("live-token");
  if (!pass) return () => {};
  const room = meta("live-room");
  const key = room || meta("live-key");
  const socket = io({
    /* A school's proxy may let no socket through: then the page asks again and again instead. */
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    upgrade: false,
    auth: { token: pass },
    query: key ? { room: key } : {},
    ...pace(Boolean(room)),
  });

  socket.on("chat.news", point);

  /* What is heard and said goes over the one socket of the page, whoever on it has to do with it. */
  const hand = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
  socket.onAny((name, news) => hand(name, news));
  socket.on("connect", () => hand("ready"));
  socket.on("disconnect", () => hand("cut"));
  /* Whoever has too many pages open is told when to come again; a refusal is final otherwise. */
  let again = 0;
  socket.on("connect_error", ({ data }) => {
    clearTimeout(again);
    if (data?.wait) again = setTimeout(() => socket.connect(), data.wait * 1000);
  });
  const say = ({ detail }) => socket.emit(detail.name, detail.news);
  /* The answer is null when the line went before it came; whether it was heard nobody knows then. */
  const ask = ({ detail }) => {
    if (!socket.connected) return detail.answer(null);
    socket.timeout(PATIENCE).emit(detail.name, detail.news, (lost, said) => {
      detail.answer(lost ? null : said);
      /* A line that seems to be up and carries nothing is hung up, for a new one to be tried. */
      if (lost && socket.connected) socket.io.engine.close();
    });
  };
  document.addEventListener("live:say", say);
  document.addEventListener("live:ask", ask);
  return () => {
    clearTimeout(again);
    document.removeEventListener("live:say", say);
    document.removeEventListener("live:ask", ask);
    socket.close();
  };
}
