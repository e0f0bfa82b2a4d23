// The stream of news. The ledger is in ledger.js; the chat, where there is one, in chat.js.

import * as ledger from "./ledger.js";

const body = document.body;
const link = document.querySelector("#link");
const chat = body.classList.contains("simulated") ? await import("./chat.js") : null;

chat?.start();
ledger.start((fresh) => chat?.casesChanged(fresh));
if (ledger.isOpen()) chat?.show("ledger");
connect();

function connect() {
  const events = new EventSource(`/events?after=${encodeURIComponent(body.dataset.after)}`);
  events.addEventListener("open", () => { link.hidden = true; });
  events.addEventListener("cases", () => ledger.changed());
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
