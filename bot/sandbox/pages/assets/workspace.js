// The local workspace in the browser: what is live, and going from page to page without loading one.
import { act } from "./acting.js";
import "./composer.js";
import "./drawers.js";
import { refresh } from "./page.js";
import "./screen.js";
import "./select.js";
import { answers, silent } from "./toasts.js";

function listen(failures = 0) {
  const socket = new WebSocket(`ws://${location.host}/live`);
  let opened = false;
  socket.addEventListener("open", () => {
    opened = true;
    answers();
    refresh();
  });
  socket.addEventListener("message", refresh);
  socket.addEventListener("close", () => {
    if (!opened && failures > 0) silent();
    setTimeout(() => listen(opened ? 0 : failures + 1), 1000);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-stay]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, "", link.href);
  refresh();
});

document.addEventListener("toggle", async ({ target }) => {
  const body = target.matches?.("details[open]") && target.querySelector("[data-load]:not([data-loaded])");
  if (!body) return;
  try {
    const response = await fetch(body.dataset.load);
    body.innerHTML = await response.text();
    body.dataset.loaded = "";
  } catch {
    silent();
  }
}, true);

addEventListener("popstate", refresh);
document.addEventListener("visibilitychange", refresh);

if (performance.getEntriesByType("navigation")[0]?.type === "reload") act("reload", {});
listen();
