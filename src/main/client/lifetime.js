import { pause } from "./timing.js";

/** The share of the remaining time to live after which a side extends the session, and a random addition to it. */
const EXTEND_AFTER = { offerer: 0.5, answerer: 0.7 };
const EXTEND_SPREAD = 0.1;
const EXTEND_MS_MIN = 3_000;
const TTL_MIN_S = 10;

/** When a session expires. */
export class Lifetime {
  #side;
  #now;
  #ttl;
  /** The longest time to live that the service has granted, in seconds. */
  #longest = TTL_MIN_S;
  /** From the service, in RFC 3339; null before its first reply. */
  expiresAt = null;

  /** @param now the clock of the service */
  constructor(side, now, ttl) {
    this.#side = side;
    this.#now = now;
    this.#ttl = ttl;
  }

  set(expiresAt) {
    this.expiresAt = expiresAt;
    this.#longest = Math.max(this.#longest, Math.floor(this.remaining / 1_000));
  }

  /** Milliseconds until the session expires. */
  get remaining() {
    return Date.parse(this.expiresAt) - this.#now();
  }

  /** Whether the other side has extended the session. */
  get isExtended() {
    return this.remaining > (this.#longest * 1_000) / 2;
  }

  /** Seconds, for a request to extend the session. */
  get ttl() {
    return this.#ttl ?? this.#longest;
  }

  /** Calls `extend` in time, again and again, until `signal` aborts. The guest does so later, since its host may have. */
  async keep(extend, signal) {
    while (!signal.aborted) {
      const share = EXTEND_AFTER[this.#side] + EXTEND_SPREAD * Math.random();
      await pause(Math.max(this.remaining * share, EXTEND_MS_MIN), signal).then(extend, () => {});
    }
  }
}
