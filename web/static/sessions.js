// Sessions: which one is open, what is done with it, and the form that makes one. Where one is stands in the address.

import { drafted, redraft } from "./draft.js";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const HOME = "/sessions";
const NEW = "/sessions/new";
const words = JSON.parse(document.body.dataset.words);
const room = one("#sessions");
const held = one("#held");
const panel = one("#session");
const told = one("#told");
const empty = one(".whole", panel) ? null : panel.innerHTML;
let path = location.pathname;
let asked = { list: 0, one: 0 };
let shown = { list: "", one: "" };
let scrolled = 0;
let entering = false;
let tell = () => {};

export function start(onFresh) {
  tell = onFresh;
  history.replaceState(null, "");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#sessions a.go, #sessions a.back");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches(".back")) close(); else open(link.getAttribute("href"));
  });
  panel.addEventListener("click", (event) => pressed(event.target.closest("button")));
  panel.addEventListener("submit", (event) => { event.preventDefault(); sent(event.target); });
  panel.addEventListener("input", (event) => { if (event.target.matches("[aria-invalid]")) complain(event.target.form, ""); });
  panel.addEventListener("change", (event) => changedField(event.target));
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") unfold(null); });
  addEventListener("popstate", () => { path = location.pathname; say(""); refresh(); });
  mark();
  if (path === NEW) begin();
  else if (one(".whole[data-path]", panel)) showOne(); // in the name of whoever acted last
}

// this page is about its sessions: on a phone they come first
export function isOpen() {
  return true;
}

// something changed: ask anew for what is on the screen; what is being typed stays
export function changed() {
  showList();
  if (path !== HOME && path !== NEW && one(".whole[data-path]", panel)) showOne();
}

export const signedUp = changed;

// the form that came with the page: it is not drawn anew, somebody may be typing already
function begin() {
  const select = one("#officer", panel);
  const officer = recalled("officer");
  if (select && all("option", select).some((option) => option.value === officer)) {
    select.value = officer;
    one(".whole", panel).dataset.officer = officer;
  }
  fit();
  one("#sentence textarea", panel)?.focus();
}

function open(to) {
  if (to === path) return;
  scrolled = room.classList.contains("case-open") ? scrolled : held.scrollTop;
  path = to;
  history.pushState({ within: true }, "", path);
  say("");
  showOne(true);
}

// back to where one came from, if that was our own list
function close() {
  if (history.state?.within) { history.back(); return; }
  path = HOME;
  history.replaceState(null, "", path);
  refresh();
}

function refresh() {
  if (path !== HOME) { showOne(true); return; }
  asked.one += 1;
  entering = false;
  room.classList.remove("case-open");
  shown.one = "";
  panel.innerHTML = empty ?? "";
  held.scrollTop = scrolled;
  mark();
  showList();
}

async function part(address) {
  const answer = await fetch(address).catch(() => null);
  if (!answer) return null;
  return answer.ok ? answer.text() : "";
}

async function showList() {
  const mine = ++asked.list;
  const html = await part("/parts/sessions");
  if (mine !== asked.list || !html || html === shown.list) return;
  const before = new Map(all(".case", held).map((row) => [row.dataset.id, row.textContent]));
  const focused = held.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  shown.list = html;
  held.innerHTML = html; // escaped by the server
  if (focused) one(`a[href="${focused}"]`, held)?.focus();
  mark();
  const fresh = all(".case", held).filter((row) => before.get(row.dataset.id) !== row.textContent);
  fresh.forEach((row) => row.classList.add("fresh"));
  tell(fresh.length);
}

async function showOne(enter = false) {
  entering ||= enter; // news may come in between: then it is their answer that is entered with
  const mine = ++asked.one;
  const to = path;
  const officer = recalled("officer");
  const html = await part(`/parts${to}${officer ? `?officer=${officer}` : ""}`);
  if (mine !== asked.one || html === null || to !== path) return;
  const anew = entering;
  entering = false;
  room.classList.add("case-open");
  if (!anew && html === shown.one) return;
  const draft = anew ? null : drafted(panel);
  shown.one = html;
  if (!html) { panel.replaceChildren(one("#gone").content.cloneNode(true)); return; }
  const people = anew ? [] : all("form.arrive", panel).map((form) => [form.dataset.code, form.people]).filter(([, field]) => field.value !== field.defaultValue);
  const at = panel.contains(document.activeElement) ? document.activeElement.closest("form.arrive")?.dataset.code : null;
  panel.innerHTML = html; // escaped by the server
  redraft(panel, draft, unfold);
  for (const [code, field] of people) {
    const again = one(`form.arrive[data-code="${code}"]`, panel);
    if (again) again.people.value = field.value;
  }
  if (at) one(`form.arrive[data-code="${at}"] input`, panel)?.focus({ preventScroll: true });
  fit();
  mark();
  if (!anew) return;
  panel.scrollTop = 0;
  (one("#sentence textarea", panel) ?? one("h2", panel))?.focus({ preventScroll: true });
}

// which row is the open one
function mark() {
  const open = one(".whole", panel)?.dataset.id;
  all(".case", held).forEach((row) => row.toggleAttribute("aria-current", path !== HOME && row.dataset.id === open));
}

function pressed(button) {
  if (!button || button.type === "submit") return;
  if (button.dataset.opens) unfold(button.getAttribute("aria-expanded") === "true" ? null : button.dataset.opens);
  else if (button.dataset.undo) act("check-in", { code: button.dataset.undo, undo: true });
  else if ("all" in button.dataset) all("#groups input", panel).forEach((box) => { box.checked = Boolean(button.dataset.all); });
  else if ("back" in button.dataset) again();
  else if ("create" in button.dataset) create();
}

// one form at a time
function unfold(name, focus = true) {
  all("[data-opens]", panel).forEach((button) => button.setAttribute("aria-expanded", String(button.dataset.opens === name)));
  all("form.act", panel).forEach((form) => { form.hidden = form.id !== `act-${name}`; });
  const form = name && one(`#act-${name}`, panel);
  if (!form || !focus) return;
  one("input, textarea", form)?.focus();
  form.scrollIntoView({ block: "nearest" });
}

async function sent(form) {
  if (form.id === "sentence") await read(form);
  else if (form.id === "fields") await review(form);
  else if (form.matches(".arrive")) await act("check-in", { code: form.dataset.code, people: Number(form.people.value) });
  else if (form.matches(".act")) await act("cancel", { text: form.text.value });
}

async function act(what, given) {
  const answer = await post(`${path}/${what}`, given);
  if (!answer) return;
  say(answer.said ?? answer.fault, !answer.said);
  if (answer.said) { unfold(null); shown.one = ""; }
  changed();
}

// the sentence fills the form in; where it is not understood, all stays as it was typed
async function read(form) {
  const answer = await post(`${NEW}/read`, { text: form.text.value });
  if (!answer) return;
  complain(form, answer.fault ?? "");
  if (!answer.html) { form.text.focus(); return; }
  one("#fields", panel).innerHTML = answer.html; // escaped by the server
  fit();
  const first = one("#fields .assumed", panel) ?? one("#fields", panel);
  first.scrollIntoView({ block: "nearest" });
  one("#fields [name=title]", panel).focus({ preventScroll: true });
}

async function review(form) {
  const answer = await post(`${NEW}/review`, { form: typed(form) });
  if (!answer) return;
  complain(form, answer.fault ?? "", answer.field);
  if (!answer.html) return;
  const place = one("#review", panel);
  place.innerHTML = answer.html; // escaped by the server
  place.hidden = false;
  one("#writing", panel).hidden = true;
  panel.scrollTop = 0;
  one("h3", place).focus({ preventScroll: true });
}

function again() {
  one("#review", panel).hidden = true;
  one("#writing", panel).hidden = false;
  one("#fields button[type=submit]", panel).focus();
}

async function create() {
  const place = one("#review", panel);
  const answer = await post(`${NEW}/create`, { token: one("[data-token]", place).dataset.token });
  if (!answer) return;
  complain(place, answer.fault ?? "");
  if (!answer.path) return;
  path = answer.path;
  history.replaceState({ within: true }, "", path); // going back does not lead to the form again
  say(answer.said);
  showList();
  showOne(true);
}

// as the server reads it
function typed(form) {
  const given = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "groups"));
  for (const name of ["sign_up", "slip", "receipt"]) given[name] = name in given;
  given.groups = new FormData(form).getAll("groups").map(Number);
  return given;
}

// the fields that go with how it is split, and whether people usually sign up to this kind
function changedField(field) {
  if (field.id === "officer") { choose(field.value); return; }
  if (field.name === "split") fit();
  if (field.name === "kind") one("#fields [name=sign_up]", panel).checked = Boolean(field.selectedOptions[0].dataset.signsUp);
}

function fit() {
  const split = one("#fields [name=split]", panel)?.value;
  if (!split) return;
  all("#fields [data-for]", panel).forEach((element) => { element.hidden = !element.dataset.for.split(" ").includes(split); });
}

// the line stands beside the field at fault, else at the end of the form
function complain(form, line, name = "") {
  const wrong = one(".wrong", form);
  const field = line && name ? one(`[name="${name}"]`, form) : null;
  wrong.textContent = line;
  all("[aria-invalid]", form).forEach((marked) => marked.removeAttribute("aria-invalid"));
  if (!field) {
    if (form.id === "fields") one("button[type=submit]", form).before(wrong);
    return;
  }
  const folded = field.closest("details");
  if (folded) folded.open = true;
  (field.closest(".pair") ?? field.closest("label")).after(wrong);
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

async function post(address, given) {
  const whole = one(".whole", panel);
  const buttons = all("button", panel).filter((button) => !button.disabled);
  buttons.forEach((button) => { button.disabled = true; }); // pressing twice is doing it once
  const answer = await fetch(address, {
    method: "POST",
    body: JSON.stringify({ officer: Number(whole.dataset.officer), ...given }),
    headers: { "Content-Type": "application/json" },
  }).then((response) => response.json()).catch(() => null);
  buttons.forEach((button) => { button.disabled = false; });
  if (!answer) say(words.not_done, true);
  return answer;
}

function choose(officer) {
  remember("officer", officer);
  say("");
  if (path === NEW) one(".whole", panel).dataset.officer = officer; else showOne();
}

function say(line, bad = false) {
  told.textContent = line;
  told.classList.toggle("bad", bad);
}

function remember(key, value) {
  try { sessionStorage.setItem(key, value); } catch { /* a page without memory still works */ }
}

function recalled(key) {
  try { return sessionStorage.getItem(key); } catch { return null; }
}
