/*
 * Says that this page shows an item, and shows who else has it open. The socket is the one of
 * live.js, which passes on what begins with "queue.".
 */
import { listening } from "../lib/listen.js";

const AGAIN = 30_000;
const FORGOTTEN = 75_000;

export function connect(article) {
  const { on, off } = listening();
  const region = article.querySelector("[data-queue-others]");
  const item = article.dataset.item;
  const others = new Map();
  let decided = false;

  const say = (name) =>
    document.dispatchEvent(new CustomEvent("live:say", { detail: { name, news: { item } } }));

  function line(words) {
    const made = document.createElement("span");
    made.textContent = words;
    made.dir = "auto";
    return made;
  }

  function draw() {
    if (decided) return;
    const texts = region.dataset;
    const lines = [...others.values()].map(({ name }) => texts.textOne.replace("{name}", () => name));
    if ([...region.children].map((each) => each.textContent).join() === lines.join()) return;
    region.replaceChildren(...lines.map(line));
  }

  function come({ person, name }) {
    others.set(person, { name, at: Date.now() });
    draw();
  }

  const heard = (handler) => (event) => {
    if (event.detail?.item === item) handler(event.detail);
  };

  on(document, "live:queue.look", heard((news) => {
    come(news);
    say("queue.here");
  }));
  on(document, "live:queue.here", heard(come));
  on(document, "live:queue.left", heard(({ person }) => {
    others.delete(person);
    draw();
  }));
  /* Somebody was faster: the buttons go, and the way on stays. */
  on(document, "live:queue.decided", heard(({ name }) => {
    decided = true;
    const link = document.createElement("a");
    link.href = region.dataset.next;
    link.textContent = region.dataset.textNext;
    region.replaceChildren(line(region.dataset.textDecided.replace("{name}", () => name)), link);
    document.querySelector("#decision")?.replaceWith();
  }));
  on(document, "live:ready", () => say("queue.look"));
  say("queue.look");

  const beat = setInterval(() => {
    const now = Date.now();
    for (const [person, { at }] of others) if (now - at > FORGOTTEN) others.delete(person);
    draw();
    say("queue.look");
  }, AGAIN);
  return () => {
    clearInterval(beat);
    say("queue.left");
    off();
  };
}
