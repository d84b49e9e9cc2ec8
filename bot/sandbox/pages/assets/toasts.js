// Short words at the edge of the screen, and the one calm sentence while nobody answers.
const SILENCE = "The local workspace does not answer. Is `make demo` still running?";
let silence = null;

export function toast(words, { problem = false, stays = false } = {}) {
  const shown = [...tray().children].find((one) => one.firstChild.textContent === words);
  shown?.remove();
  const note = document.createElement("div");
  note.className = problem ? "toast is-problem" : "toast";
  note.append(Object.assign(document.createElement("p"), { textContent: words }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", "Dismiss");
  close.addEventListener("click", () => note.remove());
  note.append(close);
  tray().append(note);
  if (!stays) leaveLater(note, problem ? 10_000 : 6_000);
  return note;
}

export function silent() {
  if (!silence?.isConnected) silence = toast(SILENCE, { problem: true, stays: true });
}

export function answers() {
  silence?.remove();
  silence = null;
}

const tray = () => document.getElementById("toasts");

// Somebody reading it, or with the keyboard on it, keeps it.
function leaveLater(note, milliseconds) {
  setTimeout(() => (note.matches(":hover, :focus-within") ? leaveLater(note, 2_000) : note.remove()), milliseconds);
}
