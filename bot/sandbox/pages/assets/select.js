// Selects of every kind: a combobox over /options (the ARIA combobox pattern with a listbox), with chips where several may be chosen.
import { choose } from "./acting.js";
import { app, partsOf, refresh } from "./page.js";
import { answers, silent, toast } from "./toasts.js";

let open = null;
let asked = null;
let timer = 0;

const partsOfSelect = (select) => ({ select, input: select.querySelector("[role=combobox]"), list: select.querySelector("[role=listbox]") });
const options = () => [...open.list.querySelectorAll("[role=option]:not([aria-disabled=true])")];
const several = (select) => select.dataset.several === "true";
const chosen = (select) => [...select.querySelectorAll(".bk-chip")].map((chip) => chip.dataset.value);

function show(select, { typed = false } = {}) {
  if (open?.select === select) return;
  hide();
  open = partsOfSelect(select);
  open.input.setAttribute("aria-expanded", "true");
  open.list.hidden = false;
  // Not while somebody types: the next letter would take the place of the first.
  if (!several(select) && !typed) open.input.select();
  ask("");
}

function hide() {
  if (!open) return;
  const { select, input, list } = open;
  open = null;
  clearTimeout(timer);
  asked?.abort();
  list.hidden = true;
  list.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  input.value = several(select) ? "" : (input.getAttribute("value") ?? "");
  // While it was open the page was kept from changing it.
  refresh();
}

async function ask(letters) {
  asked?.abort();
  const mine = (asked = new AbortController());
  const { select, list } = open;
  if (!list.children.length) list.innerHTML = '<li class="bk-hint" role="presentation">Looking…</li>';
  const query = new URLSearchParams({ as: app().dataset.as, ...partsOf(select), q: letters });
  try {
    const response = await fetch(`/options?${query}`, { signal: mine.signal });
    const answer = await (response.ok ? response.text() : response.json());
    answers();
    if (open?.select !== select || mine !== asked) return;
    if (response.ok) fillList(answer);
    else fail(answer.problem);
  } catch (problem) {
    if (problem.name !== "AbortError") silent();
  }
}

function fail(words) {
  hide();
  toast(words, { problem: true });
}

function fillList(html) {
  const { input, list, select } = open;
  list.innerHTML = html;
  const already = new Set(several(select) ? chosen(select) : [input.dataset.value]);
  for (const [index, option] of options().entries()) {
    option.id ||= `${list.id}-${index}`;
    option.setAttribute("aria-selected", String(already.has(option.dataset.value)));
  }
  const first = input.value && input.value !== input.getAttribute("value") ? options()[0] : list.querySelector("[aria-selected=true]");
  point(first ?? options()[0]);
  list.scrollIntoView({ block: "nearest" });
}

function point(option) {
  open.list.querySelector(".is-active")?.classList.remove("is-active");
  open.input.removeAttribute("aria-activedescendant");
  if (!option) return;
  option.classList.add("is-active");
  option.scrollIntoView({ block: "nearest" });
  open.input.setAttribute("aria-activedescendant", option.id);
}

function step(by) {
  const all = options();
  const at = all.findIndex((one) => one.classList.contains("is-active"));
  point(all.at((at + by + all.length) % all.length));
}

function take(option) {
  if (!option) return;
  const { select, input } = open;
  const { value } = option.dataset;
  if (several(select)) return toggle(select, value, option);
  // Shown at once; the page that comes back says the same, or what the workspace made of it.
  input.setAttribute("value", labelOf(option));
  input.dataset.value = value;
  hide();
  choose(select, [value]);
}

const labelOf = (option) => (option.querySelector("span") ?? option).textContent.trim();

function toggle(select, value, option) {
  const before = chosen(select);
  const most = Number(select.dataset.most);
  if (before.includes(value)) return drop(select, value);
  if (most && before.length >= most) return toast(`You can choose at most ${most}.`, { problem: true });
  addChip(select.querySelector(".bk-chips"), value, labelOf(option));
  option.setAttribute("aria-selected", "true");
  choose(select, [...before, value]);
  if (open.input.value) {
    open.input.value = "";
    ask("");
  }
}

// Shown at once, like a choice in a single select.
function addChip(chips, value, label) {
  const chip = Object.assign(document.createElement("li"), { className: "bk-chip" });
  const words = Object.assign(document.createElement("span"), { textContent: label });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×", ariaLabel: `Remove ${label}` });
  chip.dataset.value = button.dataset.drop = value;
  chip.append(words, button);
  chips.append(chip);
  chips.hidden = false;
}

function drop(select, value) {
  const chip = [...select.querySelectorAll(".bk-chip")].find((one) => one.dataset.value === value);
  chip?.remove();
  if (open?.select === select) options().find((one) => one.dataset.value === value)?.setAttribute("aria-selected", "false");
  choose(select, chosen(select));
}

function key(event, select) {
  const isOpen = open?.select === select;
  const arrows = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in arrows) {
    if (isOpen) step(arrows[event.key]);
    else show(select);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    if (isOpen) take(open.list.querySelector(".is-active"));
    else show(select);
  } else if (event.key === "Escape" && isOpen) hide();
  else if (event.key === "Backspace" && several(select) && !event.target.value && chosen(select).length) drop(select, chosen(select).at(-1));
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// In the capture phase: before what Enter and Escape mean to a modal.
document.addEventListener("keydown", (event) => {
  const select = event.target.matches("[role=combobox]") && event.target.closest("[data-select]");
  if (select && !event.isComposing) key(event, select);
}, true);

document.addEventListener("input", ({ target }) => {
  const select = target.matches("[role=combobox]") && target.closest("[data-select]");
  if (!select) return;
  show(select, { typed: true });
  clearTimeout(timer);
  timer = setTimeout(() => open && ask(open.input.value), 120);
});

document.addEventListener("click", ({ target }) => {
  const select = target.closest("[data-select]");
  if (target.matches("[data-drop]") && select) {
    drop(select, target.dataset.drop);
    return select.querySelector("[role=combobox]").focus();
  }
  if (open && target.closest("[role=option]")?.closest("[role=listbox]") === open.list) {
    const option = target.closest("[role=option]");
    if (option.getAttribute("aria-disabled") !== "true") take(option);
  } else if (select && !target.closest("[role=listbox]")) {
    select.querySelector("[role=combobox]").focus();
    show(select);
  }
});

// Pressing in the list must not take the focus out of the field, which would close the list.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-select] [role=listbox]")) event.preventDefault();
});

document.addEventListener("focusout", ({ relatedTarget }) => {
  if (open && !open.select.contains(relatedTarget)) hide();
});

document.addEventListener("page:after", () => {
  if (open && !open.list.isConnected) open = null;
});
