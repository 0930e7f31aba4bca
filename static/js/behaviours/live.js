/* Listens for news while a page is open and shows it politely, with a link and no hurry. */
import { io } from "socket.io-client";

/* One piece of news at a time: a newer one takes the place of the one before. */
function tell(region, { author, url, what = "Arrived" }) {
  const said = region.dataset[`text${what}`];
  if (!said) return;

  const notice = document.createElement("div");
  notice.className = "notice notice--ok";
  const line = document.createElement("p");
  const words = document.createElement("b");
  words.textContent = said.replace("{name}", () => author);
  words.dir = "auto";
  line.append(words);
  const actions = document.createElement("div");
  actions.className = "notice__act";
  const link = document.createElement("a");
  link.className = "btn btn-sm";
  link.href = new URL(url, location.origin).pathname;
  link.textContent = region.dataset.textOpen;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-sm btn-quiet";
  close.textContent = region.dataset.textClose;
  close.addEventListener("click", () => notice.remove());
  actions.append(link, close);
  notice.append(line, actions);
  region.replaceChildren(notice);
}

/*
 * Forty children lose the network together; a wide spread keeps them from coming back in one
 * second.
 */
export function connect(region) {
  const pass = document.querySelector('meta[name="live-token"]')?.content;
  if (!pass) return () => {};
  const socket = io({
    transports: ["websocket"],
    auth: { token: pass },
    reconnectionDelay: 2000,
    reconnectionDelayMax: 60000,
    randomizationFactor: 0.8,
    reconnectionAttempts: 20,
  });
  socket.on("letter.arrived", (news) => tell(region, news));
  socket.on("pair.news", (news) => tell(region, news));

  /* What the queue hears and says goes over the one socket of the page. */
  const hand = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
  socket.onAny((name, news) => {
    if (name.startsWith("queue.")) hand(name, news);
  });
  socket.on("connect", () => hand("ready"));
  const say = ({ detail }) => socket.emit(detail.name, detail.news);
  document.addEventListener("live:say", say);
  return () => {
    document.removeEventListener("live:say", say);
    socket.close();
  };
}
