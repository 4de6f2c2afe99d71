import { isAnswered } from "./answered.js";
import { Listings, requireTopic } from "./find.js";
import { backoff, deferred, emit, pause } from "./timing.js";

/** How long a session waits for a guest before a new one replaces it, since TURN credentials expire. */
const RENEW_MS = 30 * 60_000;
const ENCODER_TAGS = ["whip", "whep"];

/**
 * A host for any number of guests: one session waits under the topic, and another one as soon as it is answered.
 * Iterating yields the sessions that are connected; leaving the loop ends it.
 */
export class Serving extends EventTarget {
  #parley;
  #makePc;
  #options;
  #over = new AbortController();
  /** Ends the session that waits. */
  #unanswered = null;
  #error = null;

  /** Called by `serve` only. */
  constructor(parley, connection, topic, { makePc, whip, signal, ...options }) {
    super();
    requireTopic(topic);
    this.#parley = parley;
    this.#makePc = makePc;
    this.#options = { ...options, topic };
    const close = () => this.close();
    signal?.addEventListener("abort", close, { signal: this.#over.signal });
    if (signal?.aborted) {
      close();
    } else if (options.resume !== false) {
      this.#resume();
    }
    this.#run(() => this.#host());
    if (whip) {
      this.#run(() => this.#answerEncoders(connection, topic));
    }
  }

  get closed() {
    return this.#over.signal.aborted;
  }

  /** Stops serving. Sessions that are answered continue. */
  close() {
    this.#end(null);
  }

  async *[Symbol.asyncIterator]() {
    const sessions = [];
    let more = deferred();
    this.addEventListener("session", ({ detail }) => {
      sessions.push(detail.session);
      more.resolve();
    });
    this.addEventListener("closed", () => more.resolve());
    try {
      while (!this.closed || sessions.length > 0) {
        while (sessions.length > 0) {
          yield sessions.shift();
        }
        more = deferred();
        await (this.closed || more.promise);
      }
    } finally {
      this.close();
    }
    if (this.#error) {
      throw this.#error;
    }
  }

  /** Repeats `work` while its errors may be temporary. */
  async #run(work) {
    await null; // the caller adds its listeners first
    for (let failures = 0; !this.closed; ) {
      try {
        await work();
        failures = 0;
      } catch (error) {
        if (!error.passing) {
          this.#end(error);
        }
        if (!this.closed) {
          emit(this, "problem", { error });
          await pause(backoff(++failures, error), this.#over.signal).catch(() => {});
        }
      }
    }
  }

  /** Continues the sessions of a former page that have guests, all at once. */
  async #resume() {
    const fits = ({ side, partner }) => side === "offerer" && partner;
    const options = { ...this.#options, fits, claimed: () => this.#resume() };
    await this.#connect(null, (source) => this.#parley.resume(source, options));
  }

  /** Hosts one session until it is answered. */
  async #host() {
    const { signal } = (this.#unanswered = new AbortController());
    let pc;
    try {
      const session = await this.#parley.host(async () => (pc = await this.#makePc(null)), { ...this.#options, signal });
      const renew = setInterval(() => session.withdraw().catch(() => {}), RENEW_MS);
      if (await isAnswered(session).finally(() => clearInterval(renew))) {
        pc = null;
        this.#connect(null, () => session);
      }
    } finally {
      this.#unanswered = null;
      pc?.close();
    }
  }

  /** Answers the sessions of encoders and players, which receive candidates with the answer only. */
  async #answerEncoders(connection, topic) {
    const listings = new Listings(connection, topic, this.#over.signal);
    const seen = new Set();
    for (;;) {
      await listings.changed;
      seen.forEach((code) => listings.has(code) || seen.delete(code));
      for (const listing of listings.sessions) {
        if (!seen.has(listing.code) && listing.tags.some((tag) => ENCODER_TAGS.includes(tag))) {
          seen.add(listing.code);
          this.#connect(listing, (source) => this.#parley.join(listing.code, source, { gather: "complete", resume: false }));
        }
      }
    }
  }

  /** Reports the session that `begin` returns when it is connected. */
  async #connect(listing, begin) {
    let session;
    let pc;
    try {
      session = await begin(async () => (pc = await this.#makePc(listing)));
      if (session === null) {
        pc?.close();
        return;
      }
      await session.connected;
      emit(this, "session", { session });
    } catch (error) {
      pc = session?.pc ?? pc;
      if (pc?.connectionState !== "connected") {
        pc?.close(); // otherwise only the session has ended
      }
      emit(this, "problem", { error }); // another page may have answered
    }
  }

  #end(error) {
    if (!this.closed) {
      this.#error = error;
      this.#over.abort();
      this.#unanswered?.abort();
      emit(this, "closed", { error });
    }
  }
}
