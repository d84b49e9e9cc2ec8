// Where one types: commands completed, Enter sends, what is not sent yet is kept per person and conversation.
import { act } from "./acting.js";
import { app } from "./page.js";
import { toBottom } from "./screen.js";

const boxOf = (form) => form.querySelector("textarea");
const listOf = (form) => form.querySelector(".commands");
const keyOf = ({ dataset }) => `draft ${app().dataset.as} ${dataset.channel} ${dataset.thread}`;

function keep(form) {
  if (boxOf(form).value) sessionStorage.setItem(keyOf(form), boxOf(form).value);
  else sessionStorage.removeItem(keyOf(form));
}

function write(form, words) {
  boxOf(form).value = words;
  keep(form);
  suggest(form);
}

async function send(form) {
  const words = boxOf(form).value;
  const draft = keyOf(form);
  const order = { channel: form.dataset.channel, text: words, thread: form.dataset.thread || null };
  if (!words.trim()) return;
  write(form, "");
  toBottom();
  if (await act("say", order, form)) return;
  // Not taken: the words come back, unless others stand there by now.
  if (!sessionStorage.getItem(draft)) sessionStorage.setItem(draft, words);
  putBack();
}

function suggest(form) {
  const list = listOf(form);
  if (!list) return;
  const words = boxOf(form).value.toLowerCase();
  for (const item of list.children) {
    const command = item.dataset.command;
    const typedOut = words === command.trim() || words.startsWith(command);
    item.hidden = !words.startsWith("/") || !(command.startsWith(words) || typedOut);
    item.classList.toggle("is-typed-out", typedOut);
  }
  const shown = [...list.children].filter((item) => !item.hidden);
  list.hidden = !shown.length;
  point(form, shown.find((item) => !item.classList.contains("is-typed-out")));
}

function point(form, item) {
  const box = boxOf(form);
  for (const other of listOf(form).children) other.setAttribute("aria-selected", String(other === item));
  if (item) box.setAttribute("aria-activedescendant", item.id);
  else box.removeAttribute("aria-activedescendant");
}

function key(event, form) {
  const list = listOf(form);
  const offered = list && !list.hidden ? [...list.children].filter((item) => !item.hidden) : [];
  const at = offered.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && at >= 0) point(form, offered.at((at + by) % offered.length));
  else if (event.key === "Escape" && offered.length) list.hidden = true;
  else if ((event.key === "Tab" || event.key === "Enter") && at >= 0 && !event.shiftKey) write(form, offered[at].dataset.command);
  else if (event.key === "Enter" && !event.shiftKey) send(form);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function putBack() {
  for (const form of document.querySelectorAll("[data-composer]")) {
    const draft = sessionStorage.getItem(keyOf(form)) ?? "";
    if (boxOf(form).value !== draft) write(form, draft);
  }
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("[data-composer] textarea")?.form;
  if (form && !event.isComposing) key(event, form);
}, true);

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-composer] textarea")) return;
  keep(target.form);
  suggest(target.form);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-composer]")) return;
  event.preventDefault();
  send(event.target);
  boxOf(event.target).focus();
});

document.addEventListener("click", ({ target }) => {
  const item = target.closest("[data-command]");
  if (!item) return;
  const form = item.closest("[data-composer]");
  write(form, item.dataset.command);
  boxOf(form).focus();
});

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const form = target.closest("[data-composer]");
  if (form && listOf(form) && !form.contains(relatedTarget)) listOf(form).hidden = true;
});

// Pressing in the list must not take the focus, which would close it.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest(".commands")) event.preventDefault();
});

document.addEventListener("page:after", putBack);
putBack();
