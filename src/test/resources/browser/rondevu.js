// Signaling through the API at the root, with the calls that a rondevu 0.1 client makes. The code is all the right that a side
// needs, and a candidate travels as a string.

import { call } from "./json.js";

export class RondevuApi {
  #service;

  constructor(service) {
    this.#service = service;
  }

  /** The codes of the sessions that wait under `topic`. */
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
  #candidatesTaken = 0;

  constructor(service, code, side) {
    this.code = code;
    this.#service = service;
    this.#side = side;
  }

  answer(answer) {
    return this.#post("answer", { answer });
  }

  /** This API has no word for the end of candidates. */
  async trickle(candidate) {
    if (candidate) {
      await this.#post("answer", { candidate: JSON.stringify(candidate) });
    }
  }

  /** A poll always returns all candidates; the list only grows, so the new ones are behind those taken before. */
  async listen() {
    const { answer, answerCandidates, offerCandidates } = await this.poll();
    const candidates = (answerCandidates ?? offerCandidates).slice(this.#candidatesTaken);
    this.#candidatesTaken += candidates.length;
    return { answer, candidates: candidates.map((candidate) => JSON.parse(candidate)) };
  }

  poll() {
    return this.#post("poll", {});
  }

  #post(path, words) {
    return call("POST", `${this.#service}/${path}`, { body: { code: this.code, side: this.#side, ...words } });
  }
}
