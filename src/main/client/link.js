import { TOKEN_BYTES, random } from "./codes.js";
import { otherClient } from "./errors.js";
import { Lifetime } from "./lifetime.js";
import { unless, within } from "./timing.js";

/** Lease of a session that waits for a guest, in seconds: when its page has crashed, it is closed after this time. */
export const LEASE_S = 15;
/** Lease of a session that has a guest: its host may sleep, and its guest notices the end of the connection. */
const LEASE_MAX_S = 3_600;

/** Requests to replace an offer while the other side changes the session. */
const ATTEMPTS_MAX = 20;

/** The requests and events of one side of a session at the service. */
export class Link {
  #service;
  #isHost;
  /** The lease that the caller has chosen. */
  #lease;
  #hasPartner;
  #signal;
  #opening = Promise.resolve();
  #unwatch = null;
  /** The number of the last event, and an entity tag of the session to which it belongs. */
  #seen = 0;
  #etag;

  code;
  token;
  lifetime;
  /** How long calls are retried: unlimited once the session has begun. */
  patience;
  /** The transport in use; null while the session does not listen. */
  transport = null;

  /** @param hasPartner returns whether the other side has come, so that the page may sleep */
  constructor(service, { side, code, token = random(TOKEN_BYTES), ttl, lease, hasPartner, signal }) {
    this.#service = service;
    this.#isHost = side === "offerer";
    this.#lease = lease;
    this.#hasPartner = hasPartner;
    this.#signal = signal;
    this.code = code;
    this.token = token;
    this.lifetime = new Lifetime(side, () => service.http.now(), ttl);
  }

  get isListening() {
    return this.#unwatch !== null;
  }

  /** Makes a request for this session. */
  async call(op, fields) {
    const request = { code: op === "open" ? undefined : this.code, token: op === "read" ? undefined : this.token, ...fields };
    const reply = await this.#service.request(op, request, { signal: this.#signal, patience: this.patience });
    if (reply.body?.expiresAt) {
      this.lifetime.set(reply.body.expiresAt);
    }
    return reply;
  }

  /** Opens the session. */
  async open(body) {
    this.#signal.throwIfAborted();
    this.#opening = this.call("open", { lease: this.#leaseNow, body: { ...body, code: this.code } });
    const reply = await within(Infinity, this.#opening, this.#signal);
    this.place(reply);
    return reply;
  }

  /**
   * Replaces the offer of a generation; null if the session no longer exists. If the other side changes the session meanwhile, this is
   * retried. Another generation means that another client uses the same token.
   */
  async replaceOffer(offer, generation) {
    for (let attempt = 1; ; attempt++) {
      const reply = await unless(404, this.call("read"));
      if (reply === null || reply.body.offer === offer) {
        return reply; // only the reply to an earlier attempt was lost
      }
      if (reply.body.generation !== generation) {
        throw otherClient();
      }
      try {
        return await this.call("restart", { ifMatch: reply.etag, body: { offer } });
      } catch (error) {
        if ((error.status !== 404 && error.status !== 412) || attempt === ATTEMPTS_MAX) {
          throw error;
        }
      }
    }
  }

  /** Deletes the session of a host. */
  async delete(signal) {
    if (this.#isHost) {
      await this.#opening.catch(() => {});
      // keepalive, since the page may be closing.
      await unless(404, this.#service.request("close", { code: this.code, token: this.token }, { keepalive: true, signal }));
    }
  }

  /**
   * Answers the session in place of a guest, so that none can answer any more: the service accepts one answer. True, or null if that
   * was impossible.
   */
  withdraw(signal) {
    const answer = { code: this.code, token: random(TOKEN_BYTES), body: { answer: "withdrawn" } };
    const withdrawn = unless(404, this.#service.request("answer", answer, { signal })).then(() => true);
    return unless(409, withdrawn);
  }

  /** Events are received after those that a reply of the session includes. */
  place({ body, etag }) {
    this.stop();
    this.#seen = body.seq;
    this.#etag = etag;
  }

  /** Receives events: each once, in order, until `stop`. */
  listen({ receive, ...watcher }) {
    this.stop();
    const unwatch = this.#service.watch({
      code: this.code,
      after: this.#seen,
      etag: this.#etag,
      ...(this.#isHost && { token: this.token, lease: this.#leaseNow }),
      receive: (event) =>
        receive(event, () => {
          const isCurrent = this.#unwatch === unwatch; // another watch brings the event again
          this.#seen = isCurrent ? event.seq : this.#seen;
          return isCurrent;
        }),
      ...watcher,
    });
    this.#unwatch = unwatch;
  }

  stop() {
    this.#unwatch?.();
    this.#unwatch = null;
    this.transport = null;
  }

  /** The page ends, and its next one can continue the session, which otherwise ends with its lease. */
  leave() {
    if (this.#isHost) {
      const side = { code: this.code, token: this.token };
      const [op, fields, options] =
        this.transport === "channel"
          ? ["watch", { after: this.#seen, lease: this.#lease ?? LEASE_S }]
          : ["extend", { body: { ttl: LEASE_S } }, { keepalive: true }];
      this.#service.request(op, { ...side, ...fields }, { ...options, patience: 0 }).catch(() => {});
    }
  }

  get #leaseNow() {
    return this.#lease ?? (this.#hasPartner() ? LEASE_MAX_S : LEASE_S);
  }
}
