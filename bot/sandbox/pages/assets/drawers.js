// The sidebar and the panel: columns where there is room, drawers over the page where there is not.
const NARROW = { sidebar: matchMedia("(max-width: 719.98px)"), panel: matchMedia("(max-width: 999.98px)") };
const root = document.documentElement;
let opener = null;

const isOpen = (name) => (NARROW[name].matches ? root.dataset.drawer === name : root.dataset[name] !== "closed");

function tell() {
  for (const button of document.querySelectorAll("[data-toggle]")) button.setAttribute("aria-expanded", String(isOpen(button.dataset.toggle)));
}

function toggle(button) {
  const name = button.dataset.toggle;
  if (!NARROW[name].matches) root.dataset[name] = isOpen(name) ? "closed" : "open";
  else if (isOpen(name)) return close();
  else {
    root.dataset.drawer = name;
    opener = button;
    document.getElementById(name).querySelector("[aria-current], a, button")?.focus();
  }
  tell();
}

function close() {
  if (!root.dataset.drawer) return;
  const inside = document.getElementById(root.dataset.drawer)?.contains(document.activeElement);
  delete root.dataset.drawer;
  if (inside) opener?.focus();
  tell();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-toggle]");
  if (button) return toggle(button);
  const drawer = target.closest(".sidebar, .panel");
  if (!drawer || target.closest(".sidebar a")) close();
});

document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".shell") && !target.closest(".sidebar, .panel, [data-toggle]")) close();
});

// In the capture phase: a drawer lies over the modals, so it goes first.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !root.dataset.drawer || document.querySelector("dialog[open]")) return;
  event.stopImmediatePropagation();
  close();
}, true);

document.addEventListener("page:after", tell);
for (const narrow of Object.values(NARROW)) narrow.addEventListener("change", close);
for (const narrow of Object.values(NARROW)) narrow.addEventListener("change", tell);
tell();
