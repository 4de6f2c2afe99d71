// A session of this browser, from the offer or the join to the end of the chat.

import { append, at, make, put } from "./elements.js";
import { Drawing } from "./drawing.js";
import { reasonOf } from "./key.js";
import { UNREACHED } from "./reasons.js";

const IDLE = "Press Start, then open the link in another window, in another browser or on a phone.";
const TEXTS = {
  offerer: "Waiting for the other person to open the link.",
  answerer: "Joined. Connecting the two browsers …",
  answered: "The other person has joined. Connecting the two browsers …",
  connected: "Connected. Messages go directly from browser to browser; Parley does not see them.",
  disconnected: "The connection is interrupted. Trying to restore it …",
  failed: "The two browsers do not reach each other. Trying again …",
};

export class Talk {
  #parley;
  #drawing = new Drawing(at("steps"));
  #ended = new AbortController();
  #peer = null;
  #channel = null;
  #side;
  #text = "";
  #bad = false;

  /**
   * @param side "offerer" to host, "answerer" to join
   * @param meet hosts or joins with a connection and a signal
   */
  constructor(parley, side, meet) {
    this.#parley = parley;
    this.#side = side;
    const { signal } = this.#ended;
    parley.addEventListener("session", ({ detail }) => this.#observe(detail.session), { once: true, signal });
    parley.addEventListener("retry", () => this.#put("The service does not respond. Trying again …", true), { signal });
    parley.addEventListener("served", () => this.#put(this.#text, this.#bad), { signal });
    at("start").hidden = true;
    at("ending").hidden = false;
    at("no-steps").hidden = true;
    at("messages").replaceChildren();
    this.#status("Please wait …");
    this.#begin(meet).catch((error) => this.end(reasonOf(error, side), true));
  }

  /** Sends a message; returns false if the channel is not open. */
  say(message) {
    if (this.#channel.readyState !== "open") {
      return false;
    }
    this.#channel.send(message);
    this.#show(message, this.#side);
    return true;
  }

  /** Ends the session, and shows the reason. */
  end(words, bad = false) {
    if (this.#ended.signal.aborted) {
      return;
    }
    this.#ended.abort();
    this.#peer?.close();
    this.#put(words || IDLE, bad);
    at("mark").classList.remove("together");
    at("start").hidden = false;
    for (const id of ["ending", "invitation", "say"]) {
      at(id).hidden = true;
    }
    at("start").elements.topic.value = "";
    at("no-steps").hidden = at("steps").childElementCount > 0;
  }

  async #begin(meet) {
    const { signal } = this.#ended;
    const iceServers = await this.#parley.iceServers({ signal }).catch(() => []);
    signal.throwIfAborted();
    if (!globalThis.RTCPeerConnection) {
      throw new Error("This browser does not support WebRTC, or WebRTC is disabled in it.");
    }
    this.#peer = new RTCPeerConnection({ iceServers });
    this.#channel = this.#peer.createDataChannel("chat", { negotiated: true, id: 0 });
    this.#channel.addEventListener("open", () => this.#opened(), { signal });
    this.#channel.addEventListener("close", () => this.end("The other person has left."), { signal });
    this.#channel.addEventListener("message", ({ data }) => this.#show(data, this.#otherSide), { signal });
    const session = await meet(this.#peer, signal);
    this.#progress(TEXTS[this.#side]);
    if (this.#side === "offerer") {
      this.#invite(session);
    }
  }

  /** Draws the events of the session from its beginning. */
  #observe(session) {
    this.#drawing.begin(this.#side);
    for (const type of ["offer", "answer", "candidate", "end-of-candidates"]) {
      session.addEventListener(type, ({ detail }) => this.#drawing.signal(type, detail));
    }
    session.addEventListener("answer", ({ detail: { side, generation } }) => {
      // A later answer follows a failure, whose reason must stay visible.
      if (side !== this.#side && generation === 1) {
        this.#progress(TEXTS.answered);
      }
    });
    session.addEventListener("connected", () => this.#connected());
    session.addEventListener("disconnected", () => this.#warn(TEXTS.disconnected, "connection interrupted"));
    session.addEventListener("failed", () => this.#warn(TEXTS.failed, "connection failed"));
    session.addEventListener("closed", ({ detail: { error } }) => {
      if (this.#peer?.connectionState !== "connected") {
        const unreached = this.#bad && this.#channel.readyState === "connecting";
        const words = unreached ? UNREACHED : "The other person has ended the session.";
        this.end(error ? reasonOf(error, this.#side) : words, error !== null || unreached);
      }
    });
  }

  #invite(session) {
    const link = session.shareLink(new URL(location.pathname, location.href));
    at("link").value = link;
    at("open").href = link;
    this.#showQrCode(link).catch(() => at("qr").removeAttribute("src"));
    at("invitation").hidden = false;
    at("copy").focus();
  }

  /** The link is sent in a body, since whoever has it can join, and proxies log URLs. */
  async #showQrCode(link) {
    const reply = await fetch("qr", { method: "POST", body: link, signal: this.#ended.signal });
    if (!reply.ok) {
      throw new Error(`No QR code: status ${reply.status}`);
    }
    const picture = URL.createObjectURL(await reply.blob());
    at("qr").addEventListener("load", () => URL.revokeObjectURL(picture), { once: true });
    at("qr").src = picture;
  }

  #opened() {
    at("invitation").hidden = true;
    at("chat").hidden = false;
    at("say").hidden = false;
    at("mark").classList.add("together");
    this.#status(TEXTS.connected);
    at("message").focus();
  }

  #show(message, side) {
    this.#drawing.message(side, message);
    const line = make("p", side === this.#side ? `${side} own` : side, message);
    line.dir = "auto"; // any language
    append(at("messages"), line);
  }

  #connected() {
    this.#drawing.connected();
    if (this.#channel.readyState === "open") {
      this.#status(TEXTS.connected); // after an interruption
    }
  }

  #warn(words, note) {
    this.#drawing.note(note);
    this.#status(words, true);
  }

  /** Shows progress, unless the peers are already connected. */
  #progress(words) {
    if (this.#channel.readyState !== "open") {
      this.#status(words);
    }
  }

  #status(words, bad = false) {
    this.#text = words;
    this.#bad = bad;
    this.#put(words, bad);
  }

  #put(words, bad = false) {
    put("status", words);
    at("status").classList.toggle("bad", bad);
  }

  get #otherSide() {
    return this.#side === "offerer" ? "answerer" : "offerer";
  }
}
