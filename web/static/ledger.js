// The ledger: which rows are shown, which case is open, what is done with it. Where one is stands in the address.

import { drafted, redraft } from "./draft.js";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const PAGE = 40;
const MOST = 600;
const words = JSON.parse(document.body.dataset.words);
const ledger = one("#ledger");
const cases = one("#cases");
const panel = one("#case");
const told = one("#told");
const search = one("#search");
const empty = panel.querySelector(".whole") ? null : panel.innerHTML;
let at = here();
let asked = { list: 0, case: 0 };
let shown = { list: "", case: "" };
let revealed = null;
let scrolled = 0;
let typing = null;
let tell = () => {};

export function start(onFresh) {
  tell = onFresh;
  history.replaceState(null, "");
  cases.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.state) filter({ state: button.dataset.state });
    if (button?.dataset.before) more(button);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#ledger a.number, #ledger a.go, #ledger a.back");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches(".back")) close(); else open(link.getAttribute("href"));
  });
  panel.addEventListener("click", (event) => pressed(event.target.closest("button")));
  panel.addEventListener("submit", (event) => { event.preventDefault(); send(event.target); });
  panel.addEventListener("change", (event) => { if (event.target.id === "officer") choose(event.target.value); });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") unfold(null); });
  search.addEventListener("submit", (event) => { event.preventDefault(); filter({ q: search.q.value }); });
  search.q.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => filter({ q: search.q.value }), 250);
  });
  addEventListener("popstate", () => { at = here(); search.q.value = at.q; say(""); refresh(); });
  mark();
  if (one(".whole[data-path]", panel)) showCase(); // in the name of whoever acted last
}

export function isOpen() {
  return Boolean(at.path);
}

// something changed: ask anew for what is on the screen
export function changed() {
  showList();
  if (at.path && one(".whole[data-path]", panel)) showCase(); // else it is not there, and never will be
}

function here() {
  const query = new URLSearchParams(location.search);
  const path = location.pathname.startsWith("/cases/") ? location.pathname : null;
  return { path, state: query.get("state") ?? "", q: query.get("q") ?? "" };
}

function query(more = {}) {
  const given = Object.entries({ state: at.state, q: at.q.trim(), ...more }).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

function address() {
  return `${at.path ?? "/"}${query()}`;
}

function filter(change) {
  clearTimeout(typing);
  at = { ...at, ...change };
  // a search begun from the first view looks through everything; a state that was chosen stays
  history.replaceState(null, "", address());
  cases.scrollTop = 0;
  showList(PAGE);
}

function open(path) {
  scrolled = ledger.classList.contains("case-open") ? scrolled : cases.scrollTop;
  at = { ...at, path };
  history.pushState({ within: true }, "", address());
  say("");
  showCase(true);
}

// back to where one came from, if that was our own list
function close() {
  if (history.state?.within) { history.back(); return; }
  at = { ...at, path: null };
  history.replaceState(null, "", address());
  refresh();
}

function refresh() {
  revealed = null;
  if (at.path) { showCase(true); return; }
  ledger.classList.remove("case-open");
  shown.case = "";
  panel.innerHTML = empty ?? "";
  cases.scrollTop = scrolled;
  showList();
}

async function part(path) {
  const answer = await fetch(path).catch(() => null);
  if (!answer) return null;
  return answer.ok ? answer.text() : "";
}

async function showList(many = Math.min(MOST, Math.max(PAGE, all(".case", cases).length))) {
  const mine = ++asked.list;
  const html = await part(`/parts/list${query({ many: many === PAGE ? "" : many })}`);
  if (mine !== asked.list || !html || html === shown.list) return;
  const known = all(".case", cases);
  const before = new Map(known.map((row) => [row.dataset.id, row.textContent]));
  const same = shown.list !== "" && shown.query === query();
  const focused = cases.contains(document.activeElement) ? document.activeElement.dataset?.state : null;
  shown.list = html;
  shown.query = query();
  cases.innerHTML = html; // escaped by the server
  if (focused) one(`button[data-state="${focused}"]`, cases)?.focus();
  mark();
  if (!same && known.length) return; // another filter: nothing of it is news
  const fresh = all(".case", cases).filter((row) => before.get(row.dataset.id) !== row.textContent);
  fresh.forEach((row) => row.classList.add("fresh"));
  tell(fresh.length);
}

async function more(button) {
  button.disabled = true;
  const mine = ++asked.list; // the answer to what was asked before would take these rows away again
  const html = await part(`/parts/list${query({ before: button.dataset.before })}`);
  if (mine !== asked.list) { showList(Math.min(MOST, all(".case", cases).length + PAGE)); return; }
  if (!html) { button.disabled = false; return; }
  const row = button.closest("li");
  row.insertAdjacentHTML("afterend", html); // escaped by the server
  const next = row.nextElementSibling;
  row.remove();
  one("a", next)?.focus({ preventScroll: true });
  shown.list = "";
  showList(); // what changed meanwhile
}

async function showCase(anew = false) {
  const mine = ++asked.case;
  const path = at.path;
  if (!path) return; // it was closed while something was being done with it
  const officer = recalled("officer");
  const html = await part(`/parts${path}${officer ? `?officer=${officer}` : ""}`);
  if (mine !== asked.case || html === null || path !== at.path) return;
  ledger.classList.add("case-open");
  if (!anew && html === shown.case) return;
  const draft = anew ? null : drafted(panel);
  shown.case = html;
  if (!html) { panel.replaceChildren(one("#gone").content.cloneNode(true)); return; }
  panel.innerHTML = html; // escaped by the server
  const whole = one(".whole", panel);
  if (whole.dataset.path !== at.path) { at.path = whole.dataset.path; history.replaceState(history.state, "", address()); }
  if (revealed?.id === whole.dataset.id) one(".private", panel).innerHTML = revealed.html;
  redraft(panel, draft, unfold);
  mark();
  if (!anew) return;
  panel.scrollTop = 0;
  one("h2", panel)?.focus({ preventScroll: true });
}

// which row is the open one
function mark() {
  const open = one(".whole", panel)?.dataset.id;
  all(".case", cases).forEach((row) => row.toggleAttribute("aria-current", Boolean(at.path) && row.dataset.id === open));
}

function pressed(button) {
  if (!button || button.type === "submit") return;
  if (button.dataset.opens) unfold(button.getAttribute("aria-expanded") === "true" ? null : button.dataset.opens);
  else if (button.dataset.act) act({ act: button.dataset.act, reporter: Number(button.dataset.reporter) || null });
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

async function send(form) {
  const given = Object.fromEntries(new FormData(form));
  if ("reveal" in form.dataset) { await reveal(given.text); return; }
  await act({ act: form.dataset.act, ...given });
}

async function act(given) {
  const answer = await post("acts", given);
  if (!answer) return;
  say(answer.said ?? answer.fault, !answer.said);
  if (answer.said) { unfold(null); shown.case = ""; panel.tabIndex = -1; panel.focus({ preventScroll: true }); }
  changed();
}

async function reveal(reason) {
  const answer = await post("reveal", { reason });
  if (!answer) return;
  say(answer.fault ?? "", Boolean(answer.fault));
  if (!answer.html) return;
  revealed = { id: one(".whole", panel).dataset.id, html: answer.html };
  one(".private", panel).innerHTML = answer.html; // escaped by the server
}

async function post(what, given) {
  const whole = one(".whole", panel);
  const buttons = all("button", panel);
  buttons.forEach((button) => { button.disabled = true; }); // pressing twice is doing it once
  const answer = await fetch(`/cases/id/${whole.dataset.id}/${what}`, {
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
  revealed = null;
  say("");
  showCase();
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
