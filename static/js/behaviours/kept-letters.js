/* Lists the letters that can be read without a line. */
import { pagesOf } from "../lib/device.js";

const LETTER = /^\/letters\/(\d+)$/;
const MOST = 100;

/* Titles are kept as they stood in the page's source. */
function plain(source) {
  const page = new DOMParser().parseFromString(source, "text/html");
  return page.body.textContent.split(" · ")[0];
}

async function letters(person) {
  /* Opening would make a cache where there is none. */
  if (!(await caches.has(pagesOf(person)))) return [];
  const pages = await caches.open(pagesOf(person));
  const found = (await pages.keys()).map((request) => new URL(request.url).pathname);
  const numbers = found.map((path) => LETTER.exec(path)?.[1]).filter(Boolean).map(Number);
  numbers.sort((one, other) => other - one);
  return Promise.all(
    numbers.slice(0, MOST).map(async (number) => {
      const page = await pages.match(`/letters/${number}`);
      return { number, title: plain(decodeURIComponent(page.headers.get("Penpal-Title"))) };
    }),
  );
}

export function connect(section) {
  const person = document.querySelector('meta[name="person"]')?.content;
  const list = section.querySelector("ul");
  let left = false;
  if (person && globalThis.caches) {
    letters(person).then((found) => {
      if (left) return;
      for (const { number, title } of found) {
        const line = document.createElement("li");
        const link = document.createElement("a");
        link.href = `/letters/${number}`;
        link.textContent = title;
        link.dir = "auto";
        line.append(link);
        list.append(line);
      }
      section.hidden = !found.length;
    });
  }
  return () => {
    left = true;
  };
}
