// Draws the handshake: time runs downwards, and each line is a message of one side. Messages that Parley stores have a dot in the
// middle; direct messages have none.

import { append, at, make } from "./elements.js";

const NAMES = { "end-of-candidates": "no more candidates" };

export class Drawing {
  #steps;
  #side = null;
  #began = performance.now();

  constructor(steps) {
    this.#steps = steps;
    steps.replaceChildren();
  }

  /** Sets the side of this browser. */
  begin(side) {
    this.#side = side;
    at("offerer").textContent = side === "offerer" ? "Offerer (you)" : "Offerer";
    at("answerer").textContent = side === "answerer" ? "Answerer (you)" : "Answerer";
  }

  /** Draws a signaling message: an own one that was stored, or one received from the other side. */
  signal(type, { side, generation, candidate }) {
    const words = make("span", "what", NAMES[type] ?? type);
    const more = type === "candidate" ? summary(candidate) : generation > 1 ? `generation ${generation}` : "";
    if (more) {
      words.append(make("small", null, more));
    }
    this.#draw(`kept ${side}${side === this.#side ? " own" : ""}`, by(side), words, make("span", "arrow"));
  }

  /** Draws the connection of the peers. */
  connected() {
    this.#draw("meeting direct", make("span", "what", "connected"), make("span", "arrow"));
  }

  /** Draws a message over the data channel. */
  message(side, message) {
    const size = new TextEncoder().encode(message).length;
    const words = make("span", "what", "message", make("small", null, `${size} bytes`));
    this.#draw(`direct ${side}`, by(side), words, make("span", "arrow"));
  }

  note(words) {
    this.#draw("note", make("span", "what", words));
  }

  #draw(kind, ...content) {
    const time = make("time", null, ((performance.now() - this.#began) / 1_000).toFixed(3));
    time.title = new Date().toLocaleTimeString();
    append(this.#steps, make("li", kind, time, make("div", "rails", ...content)));
  }
}

/** The direction of an arrow as text, for screen readers. */
function by(side) {
  return make("span", "hidden", `${side}: `);
}

/** Type, protocol and address of a candidate (RFC 8839, section 5.1). */
function summary(candidate) {
  const text = typeof candidate === "string" ? candidate : (candidate?.candidate ?? "");
  const [, , protocol, , address = "", port, , kind = ""] = text.split(" ");
  const name = address.endsWith(".local") ? `${address.slice(0, 6)}….local` : address;
  return `${kind} ${protocol?.toLowerCase() ?? ""} ${name.includes(":") ? `[${name}]` : name}${port ? `:${port}` : ""}`.trim();
}
