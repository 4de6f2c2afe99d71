import { isAnswered } from "./answered.js";
import { ParleyError, connectionUsed, noPath } from "./errors.js";
import { Listings } from "./find.js";
import { anySignal, pause, within } from "./timing.js";

/** Time from the answer to the connection. A host that has crashed does not connect, and is listed until its lease ends. */
const CONNECT_MS = 20_000;
/** How long older hosts have to pair before a third one joins the oldest of them, which may not watch the topic. */
const PAIRING_MS = 1_000;
/** Partners with which no connection was made, after which the meeting fails. */
const FAILURES_MAX = 3;

/**
 * Connects two peers that call this under the same topic, in either order.
 *
 * A peer joins the oldest session that waits under the topic. If there is none, it hosts one and watches the topic. Several hosts
 * that see each other pair by age: the second withdraws its session and joins the first, the fourth the third. A withdrawn session
 * cannot be answered, and an answered one cannot be withdrawn, because the service accepts one answer.
 *
 * @param makePc returns the connection: a new one after a connection with a partner has failed
 * @returns {Promise<ParleySession>} when the peers are connected
 */
export async function meet(parley, connection, topic, makePc, options) {
  return new Meeting(parley, connection, topic, makePc, options).run();
}

class Meeting {
  #parley;
  #makePc;
  #pc = null;
  #options;
  #listings;
  #over = new AbortController();
  #signal;
  /** The sessions that this peer has tried to join. */
  #tried = new Set();
  #failures = 0;

  constructor(parley, connection, topic, makePc, options) {
    this.#parley = parley;
    this.#makePc = makePc;
    this.#options = { ...options, topic };
    this.#signal = anySignal(this.#over.signal, options.signal);
    this.#listings = new Listings(connection, topic, this.#signal);
  }

  async run() {
    const listed = this.#listings.changed; // the first list may arrive before the next lines are done
    try {
      let session = this.#options.resume === false ? null : await this.#parley.resume(await this.#source(), this.#options);
      session &&= await this.#pair(session);
      while (session === null || !(await this.#connects(session))) {
        await listed;
        const [oldest] = this.#waiting;
        session = await (oldest ? this.#join(oldest) : this.#open().then((opened) => this.#pair(opened)));
      }
      return session;
    } catch (error) {
      if (typeof this.#makePc === "function") {
        this.#pc?.close();
      }
      throw error;
    } finally {
      this.#over.abort();
    }
  }

  /** Oldest first. A session that was opened again is another one. */
  get #waiting() {
    return this.#listings.sessions.filter(({ code, createdAt }) => !this.#tried.has(code + createdAt));
  }

  /** Null if the session cannot be joined: another guest was faster, it has ended, or its offer is invalid. */
  async #join({ code, createdAt }) {
    this.#tried.add(code + createdAt);
    const source = await this.#source();
    try {
      return await this.#parley.join(code, source, this.#options);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof ParleyError && error.status !== 404 && error.status !== 409) {
        throw error;
      }
      return null;
    }
  }

  async #open() {
    const source = await this.#source();
    try {
      return await this.#parley.host(source, this.#options);
    } catch (error) {
      // Browsers reject a further description after a part of the connection was made.
      throw error instanceof DOMException && this.#pc.remoteDescription && !this.#signal.aborted ? connectionUsed(error) : error;
    }
  }

  /** Waits until the session is answered, or withdraws it and joins an older one. */
  async #pair(session) {
    try {
      const older = await this.#olderHost(session);
      return older && (await session.withdraw({ signal: this.#signal })) ? await this.#join(older) : session;
    } catch (error) {
      session.close().catch(() => {});
      throw error;
    }
  }

  /** The older host to join, or null as soon as the session is answered or has ended. */
  async #olderHost(session) {
    const end = () => null;
    const ended = isAnswered(session).then(end, end);
    const patience = pause(PAIRING_MS, this.#signal).catch(() => {});
    for (;;) {
      const { changed } = this.#listings;
      const hosts = this.#waiting;
      const place = hosts.findIndex(({ code }) => code === session.code);
      const older = hosts[place % 2 === 1 ? place - 1 : 0];
      const turn = place > 0 ? Promise.resolve(place % 2 === 1 || patience).then(() => older) : ended;
      const found = await Promise.race([ended, changed, turn]);
      if (found !== undefined) {
        return found;
      }
    }
  }

  /** Whether the session connects the peers; if not, its partner has left or failed. */
  async #connects(session) {
    try {
      await within(CONNECT_MS, session.connected, this.#signal, noPath);
      return true;
    } catch (error) {
      session.close().catch(() => {});
      this.#signal.throwIfAborted();
      const fatal = error instanceof ParleyError && error.type !== noPath().type; // another error is in what the partner sent
      if (error.name !== "AbortError" && (fatal || ++this.#failures === FAILURES_MAX)) {
        throw error;
      }
      return false;
    }
  }

  /**
   * A connection without a partner, as an argument of `host` and `join`. One that was given is used again, which browsers allow
   * before a part of the connection was made.
   */
  async #source() {
    if (typeof this.#makePc !== "function") {
      const pc = (this.#pc = this.#makePc);
      if (pc.remoteDescription) {
        pc.restartIce();
      }
      return pc;
    }
    if (this.#pc === null || this.#pc.remoteDescription) {
      this.#pc?.close();
      this.#pc = null; // if the next line throws
      this.#pc = await this.#makePc();
    }
    let first = this.#pc;
    return async () => {
      this.#pc = first ?? (await this.#makePc());
      first = null;
      return this.#pc;
    };
  }
}
