/*
 * An issue put together by keys or by dragging. Whatever is done goes through the forms of the page,
 * which work without this.
 */
import { listening } from "../lib/listen.js";

const WRITING = "input, textarea, select, [contenteditable]";

export function connect(plan) {
  const { on, off } = listening();
  const works = plan.dataset.keys === "on";
  const form = plan.querySelector("[data-plan-order]");
  const rows = () => [...plan.querySelectorAll("[data-row]")];
  const places = () => [...plan.querySelectorAll("[data-offer], [data-row]")];
  const help = plan.querySelector("[data-plan-help]");
  const list = plan.querySelector(".plan__rows");
  const gap = document.createElement("li");
  gap.className = "prow-gap";
  let dragged = null;

  /* Where a page leads with its hash is where one goes on; a piece that went in leads to the next one. */
  const at = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  if (at && plan.contains(at)) (at.id === "pool" ? at.querySelector("[data-offer] button") ?? at : at).focus();

  const here = () => document.activeElement?.closest("[data-offer], [data-row]");

  function go(step) {
    const all = places();
    const now = all.indexOf(here());
    const next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1)];
    (next?.matches("[data-offer]") ? next.querySelector("button") : next)?.focus();
  }

  let pressed = false;
  function press(button) {
    if (!button || button.disabled) return;
    pressed = button.type === "submit" && !button.form.matches("[target], [data-behaviour=confirm]");
    button.focus();
    button.click();
  }

  const act = (name) => press(here()?.querySelector(`[data-act="${name}"]`));
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    a: () => press(here()?.matches("[data-offer]") ? here().querySelector("button") : null),
    u: () => act("up"),
    d: () => act("down"),
    x: () => act("out"),
    "/": () => plan.querySelector("#q")?.focus(),
    p: () => press(document.querySelector('[aria-keyshortcuts="P"]')),
    s: () => press(plan.querySelector('[aria-keyshortcuts="S"]')),
  };

  if (works) {
    if (help) help.hidden = false;
    on(document, "keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || pressed) return;
      if (event.key === "Escape" && event.target.matches(WRITING)) event.target.blur();
      if (event.target.closest(WRITING) || document.querySelector("dialog[open]")) return;
      const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!key) return;
      event.preventDefault();
      key();
    });
  }

  if (form) {
    on(plan, "dragstart", (event) => {
      dragged = event.target.closest?.("[data-row], [data-offer]") ?? null;
      if (!dragged) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.innerText);
      dragged.classList.add("is-lifted");
    });
    /* A piece of the issue goes along; for one that is still outside a gap shows where it would go. */
    on(plan, "dragover", (event) => {
      if (!dragged || !list.contains(event.target)) return;
      event.preventDefault();
      const row = event.target.closest("[data-row]");
      const moving = dragged.matches("[data-offer]") ? gap : dragged;
      if (row && row !== moving) {
        const { top, height } = row.getBoundingClientRect();
        row[event.clientY < top + height / 2 ? "before" : "after"](moving);
      } else if (!moving.isConnected) list.append(moving);
    });
    on(plan, "drop", (event) => {
      if (dragged) event.preventDefault();
    });
    function putIn(offer, isDropped) {
      const before = gap.nextElementSibling?.dataset.row ?? "";
      const wanted = isDropped && gap.isConnected;
      gap.remove();
      if (!wanted) return;
      const place = document.createElement("input");
      Object.assign(place, { type: "hidden", name: "before", value: before });
      const into = offer.querySelector("form");
      into.elements.namedItem("next").remove();
      into.append(place);
      into.requestSubmit();
    }
    on(plan, "dragend", (event) => {
      if (!dragged) return;
      dragged.classList.remove("is-lifted");
      if (dragged.matches("[data-offer]")) {
        putIn(dragged, event.dataTransfer.dropEffect !== "none");
        dragged = null;
        return;
      }
      const order = rows().map((row) => row.dataset.row).join(",");
      const { elements } = form;
      elements.namedItem("moved").value = dragged.dataset.row;
      dragged = null;
      if (order === elements.namedItem("order").value) return;
      elements.namedItem("order").value = order;
      form.requestSubmit();
    });
  }
  return off;
}
