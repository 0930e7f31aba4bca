/* The lines of a chat as they stand on the page: drawn by text alone, and in the order of their numbers. */

/* A line can be taken back for two minutes; what was said before these can no longer change. */
const STILL_CHANGING = 150_000;
/* Lines of the same ten minutes stand together: so much of a time in ISO. */
const TEN_MINUTES = 15;

export function chatLines(section) {
  const texts = section.dataset;
  const part = (name, within) => within.querySelector(`[data-part="${name}"]`);
  const log = section.querySelector("[data-chat-log]");
  const past = section.querySelector("[data-chat-past]");
  let skew = 0;

  const within = (list) => [...list.children].filter((each) => each.dataset.line);
  const all = () => [...within(past), ...within(log)];
  const find = (id) => all().find((each) => each.dataset.line === String(id));
  const numberOf = (element) => Number(element.dataset.sequence || Infinity);
  const numbered = () => all().filter(({ dataset }) => dataset.sequence);
  /* The page came with every line after this one; in a new room with all there will be. */
  const base = numbered().length ? numberOf(numbered()[0]) - 1 : 0;

  function nameOf(mine) {
    return mine ? texts.ownName : texts.name;
  }

  function stickerWords(slug) {
    return section.querySelector(`button[name="sticker"][value="${slug}"] span`)?.textContent ?? "";
  }

  function drawSticker(place, slug) {
    const use = place.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#s-${slug}`));
    part("sticker-words", place).textContent = stickerWords(slug);
  }

  function photo({ src, width, height, description }, mine) {
    const link = document.createElement("a");
    link.href = src;
    const image = document.createElement("img");
    image.alt = description || texts.textPhotoOf.replace("{name}", () => nameOf(mine));
    Object.assign(image, { src, width, height, decoding: "async" });
    link.append(image);
    return link;
  }

  /* Fills a part of the line, or takes it out where there is nothing to show. */
  function fill(element, name, wanted, filled) {
    const place = part(name, element);
    if (wanted) filled?.(place);
    else place?.remove();
  }

  function draw(line) {
    const template = section.querySelector(`[data-chat-line="${line.mine ? "a" : "b"}"]`);
    const element = template.content.firstElementChild.cloneNode(true);
    const unsent = line.state === "unsent";
    element.id = `line-${line.id}`;
    Object.assign(element.dataset, {
      line: line.id,
      sequence: line.sequence ?? "",
      at: line.at,
      day: line.day ?? "",
      state: line.state,
    });
    fill(element, "gone", unsent);
    fill(element, "quote", line.quote && !unsent, (place) => {
      place.href = `#line-${line.quote.id}`;
      part("quoted", place).textContent = nameOf(line.quote.mine);
      part("quote-words", place).textContent = line.quote.text || texts.textEmpty;
    });
    fill(element, "sticker", line.sticker && !unsent, (place) => drawSticker(place, line.sticker));
    fill(element, "photos", line.photos?.length && !unsent, (place) =>
      place.replaceChildren(...line.photos.map((each) => photo(each, line.mine))),
    );
    fill(element, "text", line.text && !unsent, (place) => {
      place.textContent = line.text;
      place.dir = line.dir || "auto";
    });
    fill(element, "open", line.open && !unsent);
    fill(element, "time", true, (place) => {
      place.dateTime = line.at;
      place.textContent = line.time;
    });
    const isUnderWay = line.state === "sent" || line.state === "waiting";
    fill(element, "acts", isUnderWay, (place) => acts(place, line));
    fill(element, "back", line.state === "returned", (place) => comeBack(place, line));
    part("text", element)?.classList.toggle("bub--held", line.state === "returned");
    const state = part("state", element);
    if (state) {
      state.classList.toggle("msg__st--wait", line.state === "waiting");
      state.classList.toggle("msg__st--back", line.state === "returned");
      state.textContent = { waiting: texts.textAsked, returned: texts.textBackAgain }[line.state] ?? "";
    }
    return element;
  }

  /* A teacher sent it back; it never left. */
  function comeBack(place, { id, answer }) {
    if (answer) part("answer", place).textContent = answer;
    const link = place.querySelector("a");
    link.href = link.getAttribute("href").replace("again=0", `again=${id}`);
    const form = place.querySelector("form");
    form.action = form.getAttribute("action").replace("/lines/0/", `/lines/${id}/`);
  }

  function acts(place, line) {
    const act = (name) => place.querySelector(`[data-act="${name}"]`);
    act("tell").href += `?about=chat_line:${line.id}`;
    act("quote").href = `?quotes=${line.id}#say`;
    const back = act("unsend");
    if (!back) return;
    back.hidden = !line.unsend_until && line.state !== "waiting";
    if (line.unsend_until) back.dataset.until = line.unsend_until;
  }

  function separator(day) {
    const made = document.createElement("p");
    made.className = "chat__day";
    const words = document.createElement("span");
    words.textContent = day;
    made.append(words);
    return made;
  }

  /* Days stand between the lines; lines of one author within ten minutes stand together. */
  function arrange() {
    let before = null;
    for (const element of all()) {
      const { day, at } = element.dataset;
      const isFirst = before?.dataset.day !== day;
      let mark = element.previousElementSibling;
      while (mark && !mark.dataset.line && !mark.matches(".chat__day")) {
        mark = mark.previousElementSibling;
      }
      const marked = mark?.matches(".chat__day") ? mark : null;
      if (isFirst && day && marked?.textContent.trim() !== day) element.before(separator(day));
      if (!isFirst && marked) marked.remove();
      const goesOn =
        !isFirst &&
        before.dataset.at.slice(0, TEN_MINUTES) === at.slice(0, TEN_MINUTES) &&
        "mine" in before.dataset === "mine" in element.dataset;
      element.classList.toggle("msg--on", goesOn);
      before?.classList.toggle("msg--more", goesOn);
      before = element;
    }
    before?.classList.remove("msg--more");
  }

  function place(line) {
    const element = draw(line);
    const known = find(line.id);
    if (known) {
      /* What stands there unchanged stays as it is: a menu may be open in it. */
      if (known.dataset.state === line.state && known.dataset.sequence === element.dataset.sequence) {
        return null;
      }
      known.remove();
    }
    const next = within(log).find((each) => numberOf(each) > numberOf(element));
    const first = within(past).at?.(-1);
    if (first && numberOf(element) < numberOf(first)) return null;
    if (next) next.before(element);
    else log.append(element);
    return known ? null : element;
  }

  return {
    all,

    /* Puts lines in; gives those that were not there before. */
    put(lines) {
      if (lines.length) section.querySelector("[data-chat-empty]")?.remove();
      const fresh = lines.map(place);
      arrange();
      return lines.filter((_line, index) => fresh[index]);
    },

    /* Older lines go above all others, without being read out. */
    putBefore(lines) {
      past.prepend(...lines.filter(({ id }) => !find(id)).map(draw));
      arrange();
    },

    /* After this number everything is asked for again: later lines may have been taken back meanwhile. */
    after() {
      const known = numbered();
      const latest = Date.parse(known.at(-1)?.dataset.at);
      const firm = known.filter((each) => Date.parse(each.dataset.at) < latest - STILL_CHANGING);
      return firm.length ? numberOf(firm.at(-1)) : base;
    },

    /* The number after which lines are missing that must have been said; null where none is. */
    gap() {
      const numbers = [base, ...numbered().map(numberOf).filter((each) => each > base)];
      const index = numbers.findIndex((each, at) => at && each > numbers[at - 1] + 1);
      return index < 0 ? null : numbers[index - 1];
    },

    last() {
      return all().reduce((most, { dataset }) => Math.max(most, Number(dataset.sequence)), 0);
    },

    markGot(upto) {
      const own = all().filter(({ dataset }) => "mine" in dataset && dataset.state === "sent");
      const reached = own.filter((each) => numberOf(each) <= upto).pop();
      for (const each of own) {
        part("state", each).textContent = each === reached ? texts.textGot : "";
      }
    },

    /* A line is gone; what was quoted of it goes, too. */
    unsend(id) {
      const element = find(id);
      if (!element) return;
      const { mine, sequence, at, day } = element.dataset;
      const time = part("time", element).textContent;
      const line = { id, sequence, at, day, time, mine: mine !== undefined, state: "unsent" };
      element.replaceWith(draw(line));
      for (const quote of section.querySelectorAll(`[data-part="quote"][href$="#line-${id}"]`)) {
        part("quote-words", quote).textContent = texts.textEmpty;
      }
      arrange();
    },

    /* The clock of the server, as far as its latest answer tells. */
    learnTime(at) {
      skew = Date.parse(at) - Date.now();
    },

    secondsLeft: (until) => Math.round((Date.parse(until) - skew - Date.now()) / 1000),

    words(element) {
      const found = part("text", element) ?? part("sticker-words", element);
      return found?.textContent ?? texts.textPhoto;
    },

    drawSticker,
    nameOf,
  };
}
