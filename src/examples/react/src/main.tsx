// A chat of two pages that open the same address.

import { StrictMode, useCallback, useState } from "react";
import { createRoot } from "react-dom/client";
import { usePeer } from "./usePeer";

interface Message {
  from: "You" | "Peer";
  text: string;
}

function Chat({ topic }: { topic: string }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const add = useCallback((from: Message["from"], text: string) => setMessages((all) => [...all, { from, text }]), []);
  const [state, send] = usePeer(
    topic,
    useCallback((text) => add("Peer", text), [add]),
  );

  function say(form: FormData): void {
    const text = String(form.get("text"));
    send(text);
    add("You", text);
  }

  return (
    <>
      <h1>Chat about {topic}</h1>
      <p id="status" role="status">
        {state.kind === "ended" ? state.reason : state.kind === "connected" ? "Connected" : "Connecting…"}
      </p>
      <ul id="messages">
        {messages.map(({ from, text }, index) => (
          <li key={index}>
            {from}: {text}
          </li>
        ))}
      </ul>
      <form action={say}>
        <label>
          Message <input name="text" required autoComplete="off" />
        </label>
        <button id="send" disabled={state.kind !== "connected"}>
          Send
        </button>
      </form>
    </>
  );
}

const topic = new URLSearchParams(location.search).get("topic") ?? "chess";
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <Chat topic={topic} />
  </StrictMode>,
);
