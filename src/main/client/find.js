import { anySignal, deferred } from "./timing.js";

/** The unanswered sessions of a topic, kept up to date until `signal` aborts. */
export class Listings {
  #table = new Map();
  #changed = deferred();

  constructor(connection, topic, signal) {
    requireTopic(topic);
    signal.throwIfAborted();
    const stop = connection.watch({
      topic,
      receive: (table) => {
        this.#table = table;
        const { resolve } = this.#changed;
        this.#changed = deferred();
        resolve();
      },
      end: (error) => this.#changed.reject(error),
    });
    const end = () => {
      stop();
      this.#changed.reject(signal.reason);
    };
    signal.addEventListener("abort", end, { once: true });
  }

  /** Oldest first. The order is the same for all clients, since the service sets both values. */
  get sessions() {
    return [...this.#table.values()].sort(
      (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.code < b.code ? -1 : 1),
    );
  }

  has(code) {
    return this.#table.has(code);
  }

  /** Resolves with the next change, for the first time when all sessions are known; rejects when the watch has ended. */
  get changed() {
    return this.#changed.promise;
  }
}

/**
 * Waits until a session is listed under `topic`; returns the list, newest first, at most `limit`. Only the newest sessions of a topic
 * are watched, so `find` is called once for others.
 */
export async function findWaiting(connection, topic, { tag, limit, signal }, find) {
  const over = new AbortController();
  try {
    const listings = new Listings(connection, topic, anySignal(over.signal, signal));
    await listings.changed;
    let found = await find();
    while (found.length === 0) {
      const { changed } = listings;
      found = listings.sessions.filter(({ tags }) => tag === undefined || tags.includes(tag)).reverse();
      await (found.length > 0 || changed);
    }
    return found.slice(0, limit);
  } finally {
    over.abort();
  }
}

/** A watch without a topic would fail together with all others of its connection. */
export function requireTopic(topic) {
  if (typeof topic !== "string" || topic === "") {
    throw new TypeError("topic must be a string, and not empty");
  }
}
