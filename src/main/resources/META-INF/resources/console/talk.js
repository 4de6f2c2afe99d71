// One attempt of this browser to meet another, and the talk that comes of it.

import { append, at, make, put } from "./elements.js";
import { Drawing } from "./drawing.js";
import { reasonOf } from "./key.js";
import { UNREACHED } from "./reasons.js";

const IDLE = "Press Start, then open the link in another window, in another browser or on a phone.";
const WORDS = {
  offerer: "Waiting for the other person to open the link.",
  answerer: "Joined. Connecting the two browsers …",
  answered: "The other person has joined. Connecting the two browsers …",
  connected: "Connected. Messages go directly from browser to browser; Parley does not see them.",
  disconnected: "The connection is interrupted. Trying to restore it …",
  failed: "The two browsers do not reach each other. Trying another way …",
};

export class Talk {
  #parley;
  #drawing = new Drawing(at("steps"));
  #over = new AbortController();
  #peer = null;
  #channel = null;
  #side;
  #words = "";
  #bad = false;

  /**
   * @param side "offerer" where it hosts, "answerer" where it joins
   * @param meet given a connection and a signal, hosts or joins
   */
  constructor(parley, side, meet) {
    this.#parley = parley;
    this.#side = side;
    const { signal } = this.#over;
    parley.addEventListener("session", ({ detail }) => this.#follow(detail.session), { once: true, signal });
    parley.addEventListener("retry", () => this.#put("The service does not respond. Trying again …", true), { signal });
    parley.addEventListener("served", () => this.#put(this.#words, this.#bad), { signal });
    at("start").hidden = true;
    at("ending").hidden = false;
    at("no-steps").hidden = true;
    at("messages").replaceChildren();
    this.#tell("One moment …");
    this.#begin(meet).catch((error) => this.end(reasonOf(error, side), true));
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
    at("mark").classList.remove("together");
    at("start").hidden = false;
    for (const id of ["ending", "invitation", "say"]) {
      at(id).hidden = true;
    }
    at("start").elements.topic.value = "";
    at("no-steps").hidden = at("steps").childElementCount > 0;
  }

  async #begin(meet) {
    const { signal } = this.#over;
    const iceServers = await this.#parley.iceServers({ signal }).catch(() => []);
    signal.throwIfAborted();
    if (!globalThis.RTCPeerConnection) {
      throw new Error("This browser does not support WebRTC, or WebRTC is disabled in it.");
    }
    this.#peer = new RTCPeerConnection({ iceServers });
    this.#channel = this.#peer.createDataChannel("chat", { negotiated: true, id: 0 });
    this.#channel.addEventListener("open", () => this.#opened(), { signal });
    this.#channel.addEventListener("close", () => this.end("The other person has left."), { signal });
    this.#channel.addEventListener("message", ({ data }) => this.#heard(data, this.#otherSide), { signal });
    const session = await meet(this.#peer, signal);
    this.#hope(WORDS[this.#side]);
    if (this.#side === "offerer") {
      this.#invite(session);
    }
  }

  /** Draws what happens in the session, from its very beginning. */
  #follow(session) {
    this.#drawing.begin(this.#side);
    for (const type of ["offer", "answer", "candidate", "end-of-candidates"]) {
      session.addEventListener(type, ({ detail }) => this.#drawing.said(type, detail));
    }
    session.addEventListener("answer", ({ detail: { side, generation } }) => {
      // A later answer is one more attempt after a failure, whose reason stays in sight.
      if (side !== this.#side && generation === 1) {
        this.#hope(WORDS.answered);
      }
    });
    session.addEventListener("connected", () => this.#met());
    session.addEventListener("disconnected", () => this.#trouble(WORDS.disconnected, "connection interrupted"));
    session.addEventListener("failed", () => this.#trouble(WORDS.failed, "connection failed"));
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
    this.#picture(link).catch(() => at("qr").removeAttribute("src"));
    at("invitation").hidden = false;
    at("copy").focus();
  }

  /** The link lets its holder in, so it goes in a body and into no log of addresses. */
  async #picture(link) {
    const reply = await fetch("qr", { method: "POST", body: link, signal: this.#over.signal });
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
    this.#tell(WORDS.connected);
    at("message").focus();
  }

  #heard(message, side) {
    this.#drawing.passed(side, message);
    const line = make("p", side === this.#side ? `${side} own` : side, message);
    line.dir = "auto"; // it may be in any language
    append(at("messages"), line);
  }

  #met() {
    this.#drawing.met();
    if (this.#channel.readyState === "open") {
      this.#tell(WORDS.connected); // again, after an interruption
    }
  }

  #trouble(words, note) {
    this.#drawing.note(note);
    this.#tell(words, true);
  }

  /** What is told as long as there is nothing better. */
  #hope(words) {
    if (this.#channel.readyState !== "open") {
      this.#tell(words);
    }
  }

  #tell(words, bad = false) {
    this.#words = words;
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
