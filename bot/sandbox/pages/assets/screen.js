// Where one is on the screen: focus in and out of modals, Escape, scrolling, the title.
import { app, partsOf } from "./page.js";

const openers = [];
const awayFromEnd = new WeakSet();
const watched = new ResizeObserver((entries) => entries.forEach(({ target }) => settle(target)));
let before = state();

function state() {
  const modals = [...document.querySelectorAll(".modal[data-view]")];
  const active = document.activeElement;
  return {
    views: modals.map((one) => one.dataset.view),
    active: active === document.body ? null : active,
    at: active && partsOf(active),
    ancestors: ancestorsOf(active),
    conversation: JSON.stringify([app().dataset.as, app().dataset.channel]),
    title: modals.at(-1)?.querySelector("h2")?.textContent,
  };
}

function ancestorsOf(element) {
  const found = [];
  for (let one = element?.parentElement?.closest("[id]"); one; one = one.parentElement?.closest("[id]")) found.push(one.id);
  return found.filter((id) => id !== "app");
}

const top = () => [...document.querySelectorAll(".modal[data-view]")].at(-1);
const usable = (element) => element?.isConnected && !element.closest("[inert]") && element.checkVisibility();

function focusOn(element) {
  if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

function enter(modal) {
  const body = modal.querySelector(".modal-body");
  const first = [...body.querySelectorAll("a[href], button, input, textarea, select, summary")].find(usable);
  const isField = first?.matches("[data-field], [role=combobox], input");
  const inSight = first && first.getBoundingClientRect().bottom <= body.getBoundingClientRect().bottom;
  const asked = body.querySelector("[autofocus]");
  focusOn(asked ?? (isField && inSight ? first : modal.querySelector("h2")));
}

function giveBack({ active, at } = {}) {
  const same = at?.action && `[data-place="${CSS.escape(at.place)}"] [data-block="${CSS.escape(at.block)}"] [data-action="${CSS.escape(at.action)}"]`;
  const candidates = [active, same && document.querySelector(same), top()?.querySelector("h2"), document.querySelector("[data-composer] textarea"), document.getElementById("conversation")];
  focusOn(candidates.find(usable) ?? document.body);
}

function focusAfter(now) {
  const deeper = now.views.length - before.views.length;
  const another = now.views.at(-1) !== before.views.at(-1);
  const lost = before.active && !usable(document.activeElement === document.body ? null : document.activeElement);
  if (deeper > 0) {
    openers.length = before.views.length;
    openers.push({ active: before.active, at: before.at });
    enter(top());
  } else if (another) {
    giveBack(openers[now.views.length]);
    openers.length = now.views.length;
  } else if (lost) {
    const near = top()?.querySelector("h2") ?? before.ancestors.map((id) => document.getElementById(id)).find(usable);
    giveBack({ active: near, at: before.at });
  }
  if (top() && now.title !== before.title && !another) top().querySelector(".modal-body").scrollTop = 0;
}

function settle(list) {
  if (!awayFromEnd.has(list)) list.scrollTop = list.scrollHeight;
}

/** The newest message in view. */
export function toBottom() {
  for (const list of document.querySelectorAll("[data-scroll=bottom]")) {
    awayFromEnd.delete(list);
    settle(list);
  }
}

function watch() {
  for (const list of document.querySelectorAll("[data-scroll=bottom]")) {
    watched.observe(list);
    settle(list);
  }
}

document.addEventListener("scroll", ({ target }) => {
  if (!target.dataset?.scroll) return;
  if (target.scrollHeight - target.clientHeight - target.scrollTop < 8) awayFromEnd.delete(target);
  else awayFromEnd.add(target);
}, true);

document.addEventListener("page:before", () => (before = state()));

document.addEventListener("page:after", () => {
  const now = state();
  document.title = app().dataset.title;
  if (now.conversation !== before.conversation) toBottom();
  watch();
  focusAfter(now);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details.bk-overflow[open]");
  if (menu) {
    menu.open = false;
    return menu.querySelector("summary").focus();
  }
  top()?.querySelector(".modal-foot [data-do=close], [data-do=close]:not([data-everything])")?.click();
});

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.bk-overflow[open]")) if (!menu.contains(target)) menu.open = false;
});

watch();
if (top()) enter(top());
