// The simulated chats: which one is open, who speaks, what is sent; what comes in is put where it belongs.

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const of = (selector, chat) => all(selector).find((element) => element.dataset.chat === chat);

const words = JSON.parse(document.body.dataset.words);
const panes = all(".pane");
const text = one("#text");
const quoting = one("#quoting");
const fault = one("#fault");
const wide = matchMedia("(min-width: 900px)");
const unread = new Map();
let open = null;
let quoted = null;

export function start() {
  one(".phrases").open = wide.matches;
  all("button.chat").forEach((button) => button.addEventListener("click", () => { enter(button.dataset.chat); show("talk"); }));
  all(".tabs button").forEach((button) => button.addEventListener("click", () => show(button.dataset.view)));
  all(".speaker").forEach((select) => select.addEventListener("change", () => { whose(); text.focus(); }));
  all(".phrases button").forEach((button) => button.addEventListener("click", () => suggest(button.dataset)));
  panes.forEach((pane) => {
    pane.addEventListener("click", (event) => touched(event.target));
    pane.addEventListener("keydown", pressed);
  });
  one("#mention").addEventListener("click", mention);
  one("#photo").addEventListener("change", (event) => sendPhoto(event.target));
  one("button", quoting).addEventListener("click", () => quote(null));
  one("#composer").addEventListener("submit", (event) => { event.preventDefault(); say(); });
  text.addEventListener("keydown", (event) => {
    // Enter also ends a word in a Chinese input method: that one does not send
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(); }
  });
  enter(recalled("chat") ?? panes[0].dataset.chat);
  show("talk");
}

export function hear(news) {
  const pane = of(".pane", news.chat);
  if (!pane) return;
  const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 150; // else somebody reads further up
  one(".hint", pane).insertAdjacentHTML("beforebegin", news.html); // escaped by the server
  one(".preview", of("button.chat", news.chat)).textContent = news.preview || words.photo;
  whose(pane);
  if (news.chat === open && looking("talk")) { if (atEnd || news.sender === speaker()) toEnd(pane); }
  else count(news.chat, (unread.get(news.chat) ?? 0) + 1);
}

export function casesChanged(many) {
  if (looking("ledger") || !many) return;
  const badge = one("#new-cases");
  badge.textContent = Number(badge.textContent || 0) + many;
  badge.hidden = false;
}

function looking(view) {
  return wide.matches || document.body.dataset.view === view;
}

export function show(view) {
  document.body.dataset.view = view;
  all(".tabs button").forEach((button) => button.toggleAttribute("aria-current", button.dataset.view === view));
  if (view === "talk") { count(open, 0); toEnd(of(".pane", open)); }
  if (view === "ledger") { one("#new-cases").hidden = true; one("#new-cases").textContent = ""; }
}

function enter(chat) {
  const pane = of(".pane", chat) ?? panes[0];
  open = pane.dataset.chat;
  remember("chat", open);
  for (const kind of [".pane", ".speaker"]) all(kind).forEach((element) => { element.hidden = element.dataset.chat !== open; });
  all("button.chat").forEach((button) => button.toggleAttribute("aria-current", button.dataset.chat === open));
  one("#talk-title").textContent = pane.dataset.title;
  one("#talk-note").textContent = pane.dataset.note;
  one("#mention").hidden = open.startsWith("private:");
  quote(null);
  whose(pane);
  count(open, 0);
  toEnd(pane);
}

function speaker(chat = open) {
  return of(".speaker", chat).value;
}

function whose(pane = of(".pane", open)) {
  const mine = speaker(pane.dataset.chat);
  all(".message", pane).forEach((message) => message.classList.toggle("own", message.dataset.sender === mine));
}

function count(chat, many) {
  unread.set(chat, many);
  badge(one(".badge", of("button.chat", chat)), many);
  badge(one("#unread"), [...unread.values()].reduce((sum, each) => sum + each, 0));
}

function badge(element, many) {
  element.hidden = !many;
  element.textContent = many || "";
}

function toEnd(pane) {
  pane.scrollTop = pane.scrollHeight;
}

function suggest(phrase) {
  enter(phrase.chat);
  of(".speaker", open).value = phrase.speaker;
  whose();
  const latest = all(".case").map((each) => each.dataset.number).find(Boolean);
  if (!wide.matches) one(".phrases").open = false;
  text.value = phrase.text.replaceAll("{me}", document.body.dataset.me).replaceAll("{number}", latest ?? words.no_number);
  text.focus();
}

function mention() {
  const name = `@${document.body.dataset.me} `;
  if (!text.value.includes(name.trim())) text.value = name + text.value;
  text.focus();
}

function pressed(event) {
  if (!event.target.matches(".bubble") || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  touched(event.target);
}

function touched(target) {
  const message = target.closest(".message");
  if (target.matches(".quote")) { quote(message); return; }
  const bubble = target.closest(".bubble");
  if (!bubble || String(getSelection())) return; // somebody marks text to copy it
  const more = one(".more", message);
  more.hidden = !more.hidden;
  bubble.setAttribute("aria-expanded", String(!more.hidden));
  if (!more.hidden) { explain(message); more.scrollIntoView({ block: "nearest" }); }
}

async function explain(message) {
  const silence = one(".silence", message);
  if (!silence) return;
  const query = new URLSearchParams({ chat: open, message: message.dataset.message });
  const answer = await fetch(`/why?${query}`).then((response) => response.json()).catch(() => ({}));
  silence.textContent = answer.why ?? answer.fault ?? "";
}

function quote(message) {
  quoted = message?.dataset.message ?? null;
  quoting.hidden = !quoted;
  if (!message) return;
  one("span", quoting).textContent = words.quoting
    .replace("{name}", () => one(".name", message).textContent)
    .replace("{text}", () => one(".text", message).textContent.slice(0, 60));
  text.focus();
}

async function say() {
  if (!text.value.trim()) return;
  const spoken = { chat: open, speaker: speaker(), text: text.value, quote: quoted };
  const sent = await post("/say", JSON.stringify(spoken), "application/json");
  if (sent && text.value === spoken.text) { text.value = ""; quote(null); }
}

async function sendPhoto(input) {
  const [file] = input.files;
  input.value = "";
  if (file?.size > Number(input.dataset.most)) { complain(input.dataset.fault); return; }
  if (file) await post(`/photos?${new URLSearchParams({ chat: open, speaker: speaker() })}`, file, file.type);
}

async function post(address, content, type) {
  const response = await fetch(address, { method: "POST", body: content, headers: { "Content-Type": type } }).catch(() => null);
  const refused = response && !response.ok ? await response.json().catch(() => ({})) : {};
  complain(response?.ok ? "" : refused.fault ?? words.stopped);
  return Boolean(response?.ok);
}

function complain(words) {
  fault.hidden = !words;
  fault.textContent = words;
}

function remember(key, value) {
  try { sessionStorage.setItem(key, value); } catch { /* a page without memory still works */ }
}

function recalled(key) {
  try { return sessionStorage.getItem(key); } catch { return null; }
}
