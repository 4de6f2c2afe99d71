// The handshake as it happens: time goes down, and each line is one thing that one side said. What Parley keeps has a dot in the
// middle; what goes straight from one side to the other has none.

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

  /** From now on this browser is on that side. */
  begin(side) {
    this.#side = side;
    at("offerer").textContent = side === "offerer" ? "Offerer (you)" : "Offerer";
    at("answerer").textContent = side === "answerer" ? "Answerer (you)" : "Answerer";
  }

  /** Something went through Parley: from this side it is kept there, from the other it has come here. */
  said(type, { side, generation, candidate }) {
    const words = make("span", "what", NAMES[type] ?? type);
    const more = type === "candidate" ? way(candidate) : generation > 1 ? `generation ${generation}` : "";
    if (more) {
      words.append(make("small", null, more));
    }
    this.#draw(`kept ${side}${side === this.#side ? " own" : ""}`, by(side), words, make("span", "arrow"));
  }

  /** The two have found a way to each other. */
  met() {
    this.#draw("meeting direct", make("span", "what", "connected"), make("span", "arrow"));
  }

  /** A message went straight to the other side. */
  passed(side, message) {
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

/** The direction of an arrow, for who does not see it. */
function by(side) {
  return make("span", "hidden", `${side}: `);
}

/** Where a candidate leads: what kind of way, by which protocol, to which address (RFC 8839, section 5.1). */
function way(candidate) {
  const text = typeof candidate === "string" ? candidate : (candidate?.candidate ?? "");
  const [, , protocol, , address = "", port, , kind = ""] = text.split(" ");
  const name = address.endsWith(".local") ? `${address.slice(0, 6)}….local` : address;
  return `${kind} ${protocol?.toLowerCase() ?? ""} ${name.includes(":") ? `[${name}]` : name}${port ? `:${port}` : ""}`.trim();
}
