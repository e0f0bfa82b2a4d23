// The stream of news, and the complaint list. The chat, where there is one, is in chat.js.

const body = document.body;
const cases = document.querySelector("#cases");
const link = document.querySelector("#link");
const chat = body.classList.contains("simulated") ? await import("./chat.js") : null;

chat?.start();
connect();

function connect() {
  const events = new EventSource(`/events?after=${encodeURIComponent(body.dataset.after)}`);
  events.addEventListener("open", () => { link.hidden = true; });
  events.addEventListener("cases", (event) => showCases(JSON.parse(event.data).html));
  events.addEventListener("message", (event) => {
    body.dataset.after = event.lastEventId;
    chat?.hear(JSON.parse(event.data));
  });
  // the server was started anew: what this page shows is of before
  events.addEventListener("reload", () => { events.close(); location.reload(); });
  events.addEventListener("error", () => {
    link.hidden = false;
    if (events.readyState !== EventSource.CLOSED) return; // the browser reconnects by itself
    setTimeout(connect, 3000);
  });
}

function showCases(html) {
  const before = new Map([...cases.querySelectorAll(".case")].map((one) => [one.dataset.id, one.textContent]));
  cases.innerHTML = html; // escaped by the server
  const fresh = [...cases.querySelectorAll(".case")].filter((one) => before.get(one.dataset.id) !== one.textContent);
  fresh.forEach((one) => one.classList.add("fresh"));
  chat?.casesChanged(fresh.length);
}
