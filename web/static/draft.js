// What somebody is typing while the page around it is drawn anew.

export function drafted(panel) {
  const form = panel.querySelector("form.act:not([hidden])");
  if (!form) return null;
  const focus = form.contains(document.activeElement) ? document.activeElement : null;
  const range = focus && "selectionStart" in focus && focus.type !== "radio" && focus.type !== "date" ? [focus.selectionStart, focus.selectionEnd] : null;
  return { id: form.id, values: [...new FormData(form)], focus: focus?.name, range };
}

export function redraft(panel, draft, unfold) {
  const form = draft && panel.querySelector(`#${draft.id}`);
  if (!form) return;
  unfold(draft.id.replace("act-", ""), false);
  for (const [name, value] of draft.values) {
    const field = form.elements[name];
    if (field) field.value = value;
  }
  const focused = draft.focus && form.elements[draft.focus];
  if (!(focused instanceof HTMLElement)) return;
  focused.focus({ preventScroll: true });
  if (draft.range) focused.setSelectionRange(...draft.range);
}
