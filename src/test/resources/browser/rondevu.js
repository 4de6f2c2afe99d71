// Signaling through the API at the root, with the calls of a rondevu 0.1 client. The code is the capability, and a candidate is
// sent as a string.

import { call } from "./json.js";

export class RondevuApi {
  #service;

  constructor(service) {
    this.#service = service;
  }

  /** The codes of the unanswered sessions of `topic`. */
  async find(topic) {
    const { sessions } = await call("GET", `${this.#service}/${encodeURIComponent(topic)}/sessions`);
    return sessions.map(({ code }) => code);
  }

  async open(topic, offer) {
    const body = { peerId: crypto.randomUUID(), offer };
    const { code } = await call("POST", `${this.#service}/${encodeURIComponent(topic)}/offer`, { body });
    return new RondevuSession(this.#service, code, "offerer");
  }

  async join(code) {
    const session = new RondevuSession(this.#service, code, "answerer");
    session.offer = (await session.poll()).offer;
    return session;
  }
}

class RondevuSession {
  code;
  offer;
  #service;
  #side;
  #candidatesRead = 0;

  constructor(service, code, side) {
    this.code = code;
    this.#service = service;
    this.#side = side;
  }

  answer(answer) {
    return this.#post("answer", { answer });
  }

  /** This API cannot signal the end of candidates. */
  async trickle(candidate) {
    if (candidate) {
      await this.#post("answer", { candidate: JSON.stringify(candidate) });
    }
  }

  /** A poll returns all candidates in order, so new ones follow those returned before. */
  async listen() {
    const { answer, answerCandidates, offerCandidates } = await this.poll();
    const candidates = (answerCandidates ?? offerCandidates).slice(this.#candidatesRead);
    this.#candidatesRead += candidates.length;
    return { answer, candidates: candidates.map((candidate) => JSON.parse(candidate)) };
  }

  poll() {
    return this.#post("poll", {});
  }

  #post(path, words) {
    return call("POST", `${this.#service}/${path}`, { body: { code: this.code, side: this.#side, ...words } });
  }
}
