// One attempt of this browser to meet another, and the talk that comes of it.

import { append, at, make } from "./elements.js";
import { Drawing } from "./drawing.js";

const IDLE = "Start, and open the link somewhere else: another window, another browser, a phone.";
const WORDS = {
  offerer: "The link is good. Nobody has opened it yet.",
  answerer: "Answered. The two look for a way to each other …",
  answered: "Somebody is there. The two look for a way to each other …",
  connected: "Connected. What you say now goes from browser to browser; Parley does not see it.",
};

export class Talk {
  #parley;
  #drawing = new Drawing(at("steps"));
  #over = new AbortController();
  #peer = null;
  #channel = null;
  #side = null;
  #words = "";

  /** @param meet given a connection and a signal, hosts or joins */
  constructor(parley, meet) {
    this.#parley = parley;
    const { signal } = this.#over;
    parley.addEventListener("session", ({ detail }) => this.#follow(detail.session), { once: true, signal });
    parley.addEventListener("retry", () => this.#put("The service does not answer; it is asked again …", true), { signal });
    parley.addEventListener("served", () => this.#put(this.#words), { signal });
    at("start").hidden = true;
    at("ending").hidden = false;
    at("no-steps").hidden = true;
    at("messages").replaceChildren();
    at("mark").classList.remove("together");
    this.#tell("One moment …");
    this.#begin(meet).catch((error) => this.end(error.detail ?? error.message, true));
  }

  say(message) {
    this.#channel.send(message);
    this.#heard(message, this.#side);
  }

  /** Ends it, and says why. */
  end(words, bad = false) {
    if (this.#over.signal.aborted) {
      return;
    }
    this.#over.abort();
    this.#peer?.close();
    this.#put(words || IDLE, bad);
    at("start").hidden = false;
    for (const id of ["ending", "invitation", "say"]) {
      at(id).hidden = true;
    }
    at("start").elements.topic.value = "";
  }

  async #begin(meet) {
    const { signal } = this.#over;
    const iceServers = await this.#parley.iceServers({ signal }).catch(() => []);
    signal.throwIfAborted();
    this.#peer = new RTCPeerConnection({ iceServers });
    this.#channel = this.#peer.createDataChannel("chat", { negotiated: true, id: 0 });
    this.#channel.addEventListener("open", () => this.#opened(), { signal });
    this.#channel.addEventListener("close", () => this.end("The other side has left."), { signal });
    this.#channel.addEventListener("message", ({ data }) => this.#heard(data, this.#otherSide), { signal });
    const session = await meet(this.#peer, signal);
    this.#hope(WORDS[session.side]);
    if (session.side === "offerer") {
      this.#invite(session);
    }
  }

  /** Draws what happens in the session, from its very beginning. */
  #follow(session) {
    this.#side = session.side;
    this.#drawing.begin(session.side);
    for (const type of ["offer", "answer", "candidate", "end-of-candidates"]) {
      session.addEventListener(type, ({ detail }) => this.#drawing.said(type, detail));
    }
    session.addEventListener("answer", () => this.#hope(WORDS.answered));
    session.addEventListener("connected", () => this.#drawing.met());
    session.addEventListener("disconnected", () => this.#drawing.note("the way is lost"));
    session.addEventListener("failed", () => this.#drawing.note("no way; new ones are sought"));
    session.addEventListener("closed", ({ detail: { error } }) => {
      if (this.#peer?.connectionState !== "connected") {
        this.end(error?.detail ?? "The other side has ended it.", error !== null);
      }
    });
  }

  #invite(session) {
    const link = session.shareLink(new URL(location.pathname, location.href));
    at("link").value = link;
    at("open").href = link;
    this.#picture(link).catch(() => at("qr").removeAttribute("src"));
    at("until").textContent = `, until ${new Date(session.expiresAt).toLocaleTimeString([], { timeStyle: "short" })}`;
    at("invitation").hidden = false;
    at("copy").focus();
  }

  /** The link lets its holder in, so it goes in a body and into no log of addresses. */
  async #picture(link) {
    const reply = await fetch("qr", { method: "POST", body: link, signal: this.#over.signal });
    const picture = URL.createObjectURL(await reply.blob());
    at("qr").addEventListener("load", () => URL.revokeObjectURL(picture), { once: true });
    at("qr").src = picture;
  }

  #opened() {
    at("invitation").hidden = true;
    at("chat").hidden = false;
    at("say").hidden = false;
    at("mark").classList.add("together");
    this.#tell(WORDS.connected);
    at("message").focus();
  }

  #heard(message, side) {
    this.#drawing.passed(side, message);
    append(at("messages"), make("li", side === this.#side ? `${side} own` : side, message));
  }

  /** What is told as long as there is nothing better. */
  #hope(words) {
    if (this.#channel.readyState !== "open") {
      this.#tell(words);
    }
  }

  #tell(words) {
    this.#words = words;
    this.#put(words);
  }

  #put(words, bad = false) {
    const status = at("status");
    if (status.textContent !== words) {
      status.textContent = words;
    }
    status.classList.toggle("bad", bad);
  }

  get #otherSide() {
    return this.#side === "offerer" ? "answerer" : "offerer";
  }
}
