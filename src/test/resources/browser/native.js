// Signaling through /api/v1: each side has a token, candidates are sent in batches, and the session is read as numbered events.

import { call } from "./json.js";

const CANDIDATES_PER_REQUEST_MAX = 64;

export class NativeApi {
  #sessions;

  constructor(service) {
    this.#sessions = `${service}/api/v1/sessions`;
  }

  /** The codes of the unanswered sessions of `topic`. */
  async find(topic) {
    const { items } = await call("GET", `${this.#sessions}?topic=${encodeURIComponent(topic)}`);
    return items.map(({ code }) => code);
  }

  async open(topic, offer) {
    const opened = await call("POST", this.#sessions, { body: { topic, offer } });
    const session = new NativeSession(this.#url(opened.code), opened.generation);
    session.enter(opened);
    return session;
  }

  async join(code) {
    const { offer, generation } = await call("GET", this.#url(code));
    return new NativeSession(this.#url(code), generation, offer);
  }

  #url(code) {
    return `${this.#sessions}/${encodeURIComponent(code)}`;
  }
}

class NativeSession {
  code;
  offer;
  #url;
  #generation;
  #side;
  #token;
  #unsent = [];
  #sending = false;
  #seen = 0;

  constructor(url, generation, offer) {
    this.#url = url;
    this.#generation = generation;
    this.offer = offer;
  }

  /** Stores the assigned side with its token, which the service returns only once. */
  enter({ code, side, sessionToken }) {
    this.code = code;
    this.#side = side;
    this.#token = sessionToken;
  }

  /** The generation names the offer that is answered, in case there is a newer one. */
  async answer(answer) {
    this.enter(await call("PUT", `${this.#url}/answer`, { body: { answer, generation: this.#generation } }));
  }

  /** Candidates that are gathered during a request are sent together in the next one. */
  async trickle(candidate) {
    this.#unsent.push(candidate);
    if (this.#sending) {
      return;
    }
    this.#sending = true;
    try {
      while (this.#unsent.length > 0) {
        await this.#send(this.#unsent.splice(0, CANDIDATES_PER_REQUEST_MAX));
      }
    } finally {
      this.#sending = false;
    }
  }

  #send(batch) {
    const candidates = batch.filter((candidate) => candidate !== null);
    return call("POST", `${this.#url}/candidates`, {
      headers: { "Session-Token": this.#token },
      body: { candidates, end: candidates.length < batch.length, generation: this.#generation },
    });
  }

  /** Events are numbered in commit order, so no event is missed after the last number. */
  async listen() {
    const { events, next } = await call("GET", `${this.#url}/events?after=${this.#seen}`);
    this.#seen = next;
    const theirs = events.filter(({ side }) => side !== this.#side);
    return {
      answer: theirs.find(({ type }) => type === "answer")?.answer,
      candidates: theirs.filter(({ type }) => type === "candidate").map(({ candidate }) => candidate),
    };
  }
}
