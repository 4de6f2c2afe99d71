// A chat of two pages: the first shows a link, the second is opened with it.

import { Parley, ParleyError } from "parley-client";

const status = element("status", HTMLElement);
const messages = element("messages", HTMLUListElement);
const form = element("form", HTMLFormElement);
const send = element("send", HTMLButtonElement);

chat().catch((error: unknown) => {
  status.textContent = error instanceof ParleyError ? error.detail : String(error);
});

async function chat(): Promise<void> {
  const parley = new Parley(import.meta.env.VITE_PARLEY ?? "http://127.0.0.1:8080");
  const pc = new RTCPeerConnection({ iceServers: await parley.iceServers() });
  const channel = pc.createDataChannel("chat", { negotiated: true, id: 0 });
  channel.addEventListener("message", ({ data }: MessageEvent<string>) => show("Peer", data));

  const code = parley.fromLink();
  const session = code === null ? await parley.host(pc) : await parley.join(code, pc);
  if (code === null) {
    const link = document.createElement("a");
    link.href = link.textContent = session.shareLink();
    status.replaceChildren("Open this link in another browser: ", link);
  }
  session.addEventListener("closed", ({ detail: { error } }) => {
    status.textContent = error instanceof ParleyError ? error.detail : "The other side has left.";
  });
  await session.connected;

  status.textContent = "Connected";
  send.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = String(new FormData(form).get("text"));
    channel.send(text);
    show("You", text);
    form.reset();
  });
}

function show(who: string, text: string): void {
  const item = document.createElement("li");
  item.textContent = `${who}: ${text}`;
  messages.append(item);
}

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) {
    throw new TypeError(`There is no ${type.name} with the id ${id}`);
  }
  return found;
}
