// "Are you sure?": a control's confirm dialog, shown before anything is sent.

/** Whether the person agrees; at once where the control asks nothing. */
export function agreed(control) {
  const words = control.closest(".bk-control")?.querySelector("template.bk-confirm");
  if (!words) return true;
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  form.append(words.content.cloneNode(true));
  const title = form.querySelector("h2");
  title.id = "confirm-title";
  // Where something is lost, a second Enter by mistake must keep it.
  if (form.querySelector("[value=confirm].is-danger")) form.querySelector("[value=deny]").autofocus = true;
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "confirm");
    }),
  );
}
