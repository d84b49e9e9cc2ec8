// What a person does with the things on the page: presses, choices, typing, submissions, each sent to /do/….
import { agreed } from "./confirm.js";
import { app, deedDone, partsOf, valueOf } from "./page.js";
import { answers, silent, toast } from "./toasts.js";

const queues = new Map();
const underWay = new WeakMap();
const lastFilled = new WeakMap();
const waiting = new WeakMap();

/** Sends an order; orders about one place go one after the other. Gives back whether it was taken. */
export async function act(what, order, element) {
  mark(element, 1);
  const queue = order.place ?? what;
  // By whoever it is now: the order may have to wait, and "you are" may be switched meanwhile.
  const signed = { as: app().dataset.as, ...order };
  const turn = (queues.get(queue) ?? Promise.resolve()).then(() => post(what, signed));
  queues.set(queue, turn);
  const taken = await turn;
  mark(element, -1);
  await deedDone();
  return taken;
}

/** A choice in a select, boxes or a picker; `values` is everything chosen afterwards. */
export async function choose(control, values, shown = control) {
  if (!(await agreed(control))) return deedDone();
  return act("choose", { ...partsOf(control), values, fields: fieldsBeside(control) }, shown);
}

async function post(what, order) {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`/do/${what}`, { method: "POST", headers, body: JSON.stringify(order) });
    answers();
    const { notice, problem } = await response.json().catch(() => ({ problem: "The workspace could not do this." }));
    if (problem || notice) toast(problem || notice, { problem: Boolean(problem) });
    return response.ok && !problem;
  } catch {
    silent();
    return false;
  }
}

function mark(element, change) {
  if (!element) return;
  const count = (underWay.get(element) ?? 0) + change;
  underWay.set(element, count);
  if (count > 0) element.setAttribute("aria-busy", "true");
  else element.removeAttribute("aria-busy");
}

function fieldsBeside(element) {
  const fields = element.closest("[data-place]")?.querySelectorAll("[data-field]") ?? [];
  return [...fields].map(valueOf).map(({ block, action, value }) => ({ block, action, value }));
}

async function press(control, event) {
  if (control.matches("a") && !control.closest(".bk-control")?.querySelector("template.bk-confirm")) {
    return act("press", { ...partsOf(control), fields: fieldsBeside(control) }, control);
  }
  event.preventDefault();
  if (!(await agreed(control))) return;
  if (control.matches("a")) window.open(control.href, "_blank", "noopener");
  return act("press", { ...partsOf(control), fields: fieldsBeside(control) }, control);
}

function fill(field) {
  if (lastFilled.get(field) === field.value) return;
  lastFilled.set(field, field.value);
  return act("fill", valueOf(field));
}

/** A window's last order: what was typed goes with it, or with the window, and not once more afterwards. */
function leave(what, button, order = {}) {
  for (const field of button.closest("[data-place]").querySelectorAll("[data-field]")) {
    clearTimeout(waiting.get(field));
    lastFilled.set(field, field.value);
  }
  return act(what, { place: partsOf(button).place, ...order }, button);
}

function outside(control, more) {
  return act("outside", { ...JSON.parse(control.dataset.outside), ...more }, control);
}

/** Only one wish at a time, whatever is pressed before the page says so. */
function letPass(button) {
  const group = button.closest("[role=group]");
  if (button.ariaDisabled === "true" || group.querySelector("[aria-busy=true]")) return;
  return act("time", { wish: button.dataset.time }, button);
}

const BUTTONS = {
  press,
  choose: (button) => {
    button.closest("details")?.removeAttribute("open");
    return choose(button, [button.dataset.value]);
  },
  submit: (button) => leave("submit", button, { fields: fieldsBeside(button) }),
  close: (button) => leave("close", button, { everything: button.dataset.everything === "true" }),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do], a[data-do], button[data-outside], button[data-time]");
  if (!button) return;
  if (button.ariaBusy === "true") return event.preventDefault();
  // The second half of a double click was not meant for the window that is in front by then.
  if (event.detail > 1 && button.closest(".modal-head, .modal-foot")) return;
  if (button.dataset.outside) return outside(button);
  if (button.dataset.time) return letPass(button);
  return BUTTONS[button.dataset.do]?.(button, event);
});

// A field that goes while somebody types in it "changes" as it goes: nobody is there any more to be told.
let drawing = false;
document.addEventListener("page:before", () => (drawing = true));
document.addEventListener("page:after", () => (drawing = false));

document.addEventListener("change", ({ target }) => {
  if (drawing) return;
  const control = target.closest("[data-do=choose]");
  if (target.matches("[data-outside]")) return outside(target, { value: target.type === "checkbox" ? target.checked : target.value });
  // What a bot hears only at Enter goes with the next press or submission, not at the change of focus.
  if (target.matches("[data-field]")) return target.dataset.dispatch === "enter" ? undefined : fill(target);
  if (control?.matches("fieldset")) return choose(control, [...control.querySelectorAll("input:checked")].map((one) => one.value));
  if (control?.matches("input")) return choose(control, target.value ? [picked(target)] : []);
});

const picked = (input) => (input.type === "datetime-local" ? String(secondsAt(input.value, input.dataset.tz)) : input.value);

/** "2026-11-24T09:30" on the clocks of a zone -> Unix seconds. */
function secondsAt(wall, timeZone) {
  const wanted = Date.parse(`${wall}Z`);
  const shown = (at) => Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone }).replace(" ", "T")}Z`);
  const near = wanted - (shown(wanted) - wanted);
  return (near - (shown(near) - wanted)) / 1000;
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-field][data-dispatch=typing]")) return;
  clearTimeout(waiting.get(target));
  waiting.set(target, setTimeout(() => target.isConnected && fill(target), 300));
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-field], .modal");
  if (event.key !== "Enter" || event.isComposing || !field) return;
  const loose = event.metaKey || event.ctrlKey;
  if (field.dataset.dispatch === "enter" && !loose) {
    if (field.matches("input")) event.preventDefault();
    lastFilled.delete(field);
    return fill(field);
  }
  if (loose || field.matches("input[data-field]")) field.closest(".modal")?.querySelector("[data-do=submit]")?.click();
});
