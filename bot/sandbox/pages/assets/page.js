// Brings the page up to date: asks for it again and morphs it in, without touching what a person is in the middle of.
import { answers, silent, toast } from "./toasts.js";

const typed = new Map();
let running = null;
let wanted = false;
let deeds = 0;

export const app = () => document.getElementById("app");
export const valueOf = (field) => ({ ...partsOf(field), value: field.value });

// What only this person could see before this document was loaded stays gone, as in Slack.
const since = app().dataset.since;

export function partsOf(element) {
  const of = (name) => element.closest(`[data-${name}]`)?.dataset[name] ?? "";
  return { place: of("place"), block: of("block"), action: of("action") };
}

/** Something was done: a page asked for before that is old news. */
export function deedDone() {
  deeds += 1;
  return refresh();
}

/** Never two requests under way; asked for meanwhile means once more afterwards. */
export function refresh() {
  wanted = true;
  running ??= catchUp().finally(() => (running = null));
  return running;
}

async function catchUp() {
  while (wanted) {
    wanted = false;
    const [address, before] = [location.href, deeds];
    const fresh = await ask(address);
    if (address !== location.href || before !== deeds) wanted = true;
    else if (fresh) show(fresh);
  }
}

async function ask(address) {
  const headers = { "X-Lexer-Part": "app", "X-Lexer-Since": since };
  if (document.visibilityState === "visible") headers["X-Lexer-Seen"] = "1";
  try {
    const response = await fetch(address, { headers });
    const html = await response.text();
    answers();
    if (response.redirected) history.replaceState(null, "", response.url);
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("app");
    if (!response.ok || !fresh) toast("The workspace could not draw this page.", { problem: true });
    return response.ok && fresh;
  } catch {
    silent();
    return null;
  }
}

function show(fresh) {
  name(app());
  name(fresh);
  document.dispatchEvent(new Event("page:before"));
  Idiomorph.morph(app(), fresh, { callbacks: { beforeNodeMorphed, beforeAttributeUpdated } });
  putBackTyped();
  document.dispatchEvent(new Event("page:after"));
}

// Without ids the newest exchange would be morphed into the one somebody has open.
function name(root) {
  for (const one of root.querySelectorAll("[data-exchange]:not([id])")) one.id = `exchange-${one.dataset.exchange}`;
}

function beforeNodeMorphed(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  if (old.matches("[data-field]") && typed.get(keyOf(old)) === fresh.value) typed.delete(keyOf(old));
  const inUse = old.matches("[role=listbox]:not([hidden]), [data-load][data-loaded]");
  const busy = old.matches(".bk-select[aria-busy], .bk-boxes[aria-busy]") && old.dataset.action === fresh.dataset.action;
  return !(inUse || busy);
}

function beforeAttributeUpdated(attribute, element, kind) {
  const composing = element.matches("[data-composer] textarea");
  switch (attribute) {
    case "value":
      return !(composing || typed.has(keyOf(element)) || picking(element) || inUse(element));
    case "checked":
      return !element.closest("[aria-busy]");
    case "open":
      return !element.matches("details");
    case "aria-expanded":
      return !(picking(element) || element.matches("[data-toggle]"));
    case "aria-activedescendant":
      return !(picking(element) || composing);
    case "aria-busy":
      return false;
    case "tabindex":
      return kind !== "remove";
    default:
      return true;
  }
}

const keyOf = (field) => Object.values(partsOf(field)).join(" ");
const picking = (element) => element.matches("[role=combobox][aria-expanded=true]");
const inUse = (element) => element.matches("[data-do=choose], [data-outside]") && element === document.activeElement;

function putBackTyped() {
  for (const field of app().querySelectorAll("[data-field]")) {
    const words = typed.get(keyOf(field));
    if (words !== undefined && field.value !== words) field.value = words;
  }
  const open = new Set([...app().querySelectorAll("[data-view]")].map((view) => view.dataset.place));
  for (const key of typed.keys()) {
    const [place] = key.split(" ");
    if (place.startsWith("view:") && !open.has(place)) typed.delete(key);
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-field]")) typed.set(keyOf(target), target.value);
});
