// The stream of news. The ledger is in ledger.js, the sessions in sessions.js; the chat, where there is one, in chat.js.

const body = document.body;
const link = document.querySelector("#link");
const chat = body.classList.contains("simulated") ? await import("./chat.js") : null;
const room = await import(document.querySelector("#sessions") ? "./sessions.js" : "./ledger.js");

chat?.start();
room.start((fresh) => chat?.casesChanged(fresh));
if (room.isOpen() || location.hash === "#ledger") chat?.show("ledger");
connect();

function connect() {
  const events = new EventSource(`/events?after=${encodeURIComponent(body.dataset.after)}`);
  events.addEventListener("open", () => { link.hidden = true; });
  events.addEventListener("cases", () => room.changed());
  events.addEventListener("sessions", () => room.signedUp?.());
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
