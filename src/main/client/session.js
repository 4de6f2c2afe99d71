import { TOKEN_BYTES, random } from "./codes.js";
import { UNREACHABLE, guestRefusal, hasGuest, isOver, noPath, noReply, noSession } from "./errors.js";
import { Exchange } from "./exchange.js";
import { Link } from "./link.js";
import { fingerprints } from "./negotiation.js";
import { forget, isKept, keep, keyOf, release } from "./resume.js";
import { anySignal, backoff, deferred, emit, pause, unless, within } from "./timing.js";

/** Time that a guest waits for the host's offer after a reload, and a host for its former guest. */
const OFFER_MS = 30_000;
const GUEST_MS = 5_000;
/** Delays between a guest's requests for an expired session that its host may reopen, and the time after which it gives up. */
const REJOIN_DELAY_MS = [1_000, 60_000];
const REJOIN_MS = 600_000;
/** Uncertainty of the estimated clock of the service. */
const CLOCK_MS = 2_000;

/**
 * One side of one session, and the RTCPeerConnection that it connects.
 *
 * Until it is closed, either side extends the session before it expires, so that a broken connection can be restarted. If the
 * session has expired nevertheless, because the host slept or the service was down, the host opens it again with the same code and
 * token, and the guest polls that code. A reopened session is not listed under the topic, and each side accepts only the DTLS
 * fingerprint of its previous peer. In a session that has not expired, the token proves who answers, so a side may come again with
 * a new connection.
 */
export class ParleySession extends EventTarget {
  /** The scope, whether the session is kept, and the code of another one if a kept one is over: null if the caller wants none. */
  #options;
  #side;
  #isHost;
  #link;
  #exchange;
  #over = new AbortController();
  #signal;
  #connected = deferred();
  /** The request with which the host opens the session; a guest has its topic only. */
  #request = {};
  /** When the session of a guest was opened. */
  #createdAt = null;
  #reopening = null;
  /** What a former page has kept of this session. */
  #kept;

  /** Called by `host` and `join` only. */
  constructor(service, peer, { side, code, kept, ttl, lease, signal, ...options }) {
    super();
    const { signal: over } = this.#over;
    this.#options = options;
    this.#side = side;
    this.#isHost = side === "offerer";
    this.#kept = kept;
    this.#signal = anySignal(over, signal);
    signal?.addEventListener("abort", () => this.#abandon(null, signal.reason), { signal: over });
    globalThis.addEventListener?.("pagehide", (event) => this.#hide(event), { signal: over });
    this.#link = new Link(service, {
      side,
      code,
      token: kept?.token,
      ttl: ttl ?? kept?.ttl,
      lease,
      hasPartner: () => this.#hasPartner,
      signal: this.#signal,
    });
    const hooks = {
      call: (op, fields) => this.#link.call(op, fields),
      open: (offer) => this.#create(offer),
      replaceOffer: async (offer) => (await this.#link.replaceOffer(offer, this.generation)) ?? this.#create(offer),
      paired: () => this.#paired(),
      connected: () => {
        this.#connected.resolve();
        emit(this, "connected");
      },
      emit: (type, detail) => emit(this, type, detail),
      report: (error) => this.#report(error),
      // A kept session that cannot be continued is opened anew.
      end: (error) => this.#link.patience && this.#end(error),
      abandon: (error) => this.#abandon(this.pc.signalingState === "closed" ? null : error), // by the page
    };
    this.#exchange = new Exchange(hooks, { ...peer, isHost: this.#isHost, signal: this.#signal });
  }

  get code() {
    return this.#link.code;
  }

  get pc() {
    return this.#exchange.pc;
  }

  get side() {
    return this.#side;
  }

  get peerId() {
    return this.#exchange.otherPeerId;
  }

  get generation() {
    return this.#exchange.generation;
  }

  get transport() {
    return this.#link.transport;
  }

  get expiresAt() {
    return this.#link.lifetime.expiresAt;
  }

  get closed() {
    return this.#over.signal.aborted;
  }

  get connected() {
    return this.#connected.promise;
  }

  shareLink(page) {
    return this.#options.shareLink(page);
  }

  async restart({ signal } = {}) {
    await this.#exchange.negotiate({ iceRestart: true }, signal);
  }

  async renegotiate({ signal } = {}) {
    await this.#exchange.negotiate({}, signal);
  }

  /** Ends the signaling, not the connection. The host's session is deleted. */
  async close({ signal } = {}) {
    if (!this.closed) {
      this.#end(null);
      await this.#link.delete(signal);
    }
  }

  /**
   * Ends a hosted session unless it has been answered; returns whether it has ended. The offer is not rolled back, since Chromium
   * makes no offer after that without another data channel; a remote offer rolls it back implicitly.
   */
  async withdraw({ signal } = {}) {
    this.#link.stop();
    try {
      if (await this.#link.withdraw(signal)) {
        await this.close({ signal });
      }
    } finally {
      this.#listen();
    }
    return this.closed;
  }

  /** Begins this side. Called by `host` and `join` only, as the constructor. */
  async begin(request = {}) {
    this.#request = request;
    try {
      this.#signal.throwIfAborted();
      await (this.#isHost ? this.#open() : this.#join());
    } catch (refused) {
      const error = this.#isHost ? refused : guestRefusal(refused);
      this.#end(error);
      throw error;
    }
    this.#kept = null;
    this.#link.patience = Infinity;
    this.#listen();
    this.#link.lifetime.keep(() => this.#extend().catch((error) => this.#report(error)), this.#signal);
    setTimeout(() => this.#exchange.begin()); // after the caller has received the session
  }

  async #open() {
    if (!this.#kept || !(await this.#continue())) {
      this.#requireAnew();
      await this.#exchange.offerFirst();
    }
  }

  async #join() {
    while (!(await this.#answerCurrent()));
  }

  /** Whether another session may take the place of a kept one that is over. */
  #requireAnew() {
    if (this.#kept && this.#options.anew === null) {
      throw noSession();
    }
  }

  /** Continues as the host of a former page. False if its guest is not there, or the session is gone. */
  async #continue() {
    try {
      const reply = await this.#link.call("read");
      const { generation, answer } = reply.body;
      const partner = this.#kept.partner ?? (answer && fingerprints(answer));
      Object.assign(this.#exchange, { generation, partner });
      this.#link.place(reply);
      const answered = this.#exchange.expectAnswer();
      await this.#exchange.offerAnew();
      if (partner !== null) {
        this.#listen();
        await within(GUEST_MS, answered.promise, this.#signal, noReply);
      }
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!isOver(error)) {
        throw error;
      }
      this.#link.stop();
      await this.#link.delete().catch(() => {
        forget(this.#key);
        this.#link.code = this.#options.anew;
      });
      Object.assign(this.#exchange, { generation: 0, partner: null });
      this.#link.token = random(TOKEN_BYTES);
      return false;
    }
  }

  /** Opens the session, or reopens it: then only for its previous guest, if there was one. */
  async #create(offer) {
    const { topic, tags, ...unlisted } = this.#request;
    const opened = await this.#link.open({ ...(this.#hasPartner ? unlisted : this.#request), offer });
    this.#startOver(true);
    this.#keep();
    return opened;
  }

  /** Resets the state of the former session of this code. */
  #startOver(reopened) {
    if (this.#exchange.startOver(reopened)) {
      this.#options.keeps = false;
      forget(this.#key);
    }
  }

  /** Answers the current offer. False if a newer offer has replaced it. */
  async #answerCurrent() {
    const reply = await this.#link.call("read");
    const state = reply.body;
    if (state.answer !== null && state.answer === this.#exchange.own) {
      return true;
    }
    const kept = this.#kept?.createdAt === state.createdAt ? this.#kept : null;
    if (!kept) {
      this.#requireAnew();
      if (state.answer !== null) {
        throw hasGuest();
      }
    }
    this.#link.place(reply);
    this.#startOver(state.createdAt !== this.#createdAt);
    this.#createdAt = state.createdAt;
    this.#request = { topic: state.topic };
    this.#exchange.otherPeerId = state.peerId;
    if (kept) {
      Object.assign(this.#exchange, { generation: state.generation, partner: kept.partner });
      if (state.answer !== null || fingerprints(state.offer) === kept.partner) {
        return this.#askForOffer();
      }
    }
    const answered = await this.#exchange.follow(state.generation, state.offer, state.offerCandidates, state.offerEnd);
    this.#keep();
    return answered;
  }

  /** Asks for an offer for the connection of a page that was reloaded, and waits until it is answered. */
  async #askForOffer() {
    const answered = this.#exchange.expectAnswer();
    if ((await unless(412, this.#exchange.send("new"))) === null) {
      return false;
    }
    this.#listen();
    await within(OFFER_MS, answered.promise, this.#signal, noReply);
    return true;
  }

  #listen() {
    if (this.#link.isListening || this.closed) {
      return;
    }
    this.#link.listen({
      receive: (event, isCurrent) => {
        this.#exchange.inTurn(() => isCurrent() && this.#apply(event)).catch((error) => this.#giveUp(error));
      },
      end: (error) => this.#unwatched(error),
      waiting: (transport) => {
        this.#link.transport = transport;
        emit(this, "waiting", { transport });
      },
    });
  }

  #unwatched(error) {
    this.#link.stop();
    if (error.status === 404) {
      this.#gone();
    } else if (error.name === "AbortError" && !this.#hasPartner) {
      this.#abandon(error); // the page has closed the connection to the service
    } else {
      this.#giveUp(error);
    }
  }

  async #apply(event) {
    if (event.type !== "closed") {
      await this.#exchange.apply(event);
    } else if (this.#isHost && !this.#hasPartner) {
      this.#gone(); // its lease ended while it was asleep
    } else {
      this.#end(this.pc.connectionState === "failed" ? noPath() : null);
    }
  }

  /** The other side is known. */
  #paired() {
    this.#keep();
    if (this.#isHost && this.#link.isListening) {
      this.#link.stop();
      this.#listen(); // with another lease
    }
  }

  async #extend() {
    if (this.pc.signalingState === "closed") {
      this.#abandon(null);
      return;
    }
    const { lifetime } = this.#link;
    let exists = true;
    if (!this.#isHost) {
      if (this.#exchange.wasConnected && !this.#exchange.isHealthy) {
        return; // so the session of a host that has crashed expires; one that was asleep reopens it
      }
      const reply = await unless(404, this.#link.call("read"));
      exists = reply?.body.createdAt === this.#createdAt;
    }
    if (exists && (this.#isHost || !lifetime.isExtended)) {
      exists = (await unless(404, this.#link.call("extend", { body: { ttl: lifetime.ttl } }))) !== null;
    }
    if (!exists) {
      await this.#gone();
    }
    this.#listen(); // again, if its watch was refused
  }

  /** The session no longer exists on the service. */
  #gone() {
    if (this.closed) {
      return null;
    }
    this.#link.stop();
    return (this.#reopening ??= this.#reopen().finally(() => (this.#reopening = null)));
  }

  async #reopen() {
    try {
      if (this.#isHost) {
        await this.#exchange.inTurn(() => this.#exchange.offerAnew({ iceRestart: true }));
      } else {
        await this.#rejoin();
      }
      this.#listen();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** Waits until the host has reopened the session, and answers it. Ends if the host has closed it. */
  async #rejoin() {
    const end = performance.now() + REJOIN_MS;
    for (let attempt = 1; !this.closed; attempt++) {
      const answered = await unless(404, this.#exchange.inTurn(() => this.#answerCurrent()));
      if (answered) {
        return;
      }
      if (answered === null && this.#link.lifetime.remaining > CLOCK_MS) {
        this.#end(null); // it had not expired
      } else if (answered === null && (!this.#exchange.wasConnected || performance.now() > end)) {
        throw noSession();
      }
      await pause(backoff(attempt, {}, REJOIN_DELAY_MS), this.#signal);
    }
  }

  get #hasPartner() {
    return this.#exchange.partner !== null;
  }

  get #key() {
    return keyOf(this.#options.scope, this.#side, this.#link.code);
  }

  /** Keeps what the next page of this tab needs to continue. */
  #keep() {
    if (this.#options.keeps && !this.closed) {
      keep(this.#key, {
        side: this.#side,
        code: this.#link.code,
        token: this.#link.token,
        request: this.#request,
        createdAt: this.#createdAt,
        ttl: this.#link.lifetime.ttl,
        partner: this.#exchange.partner,
      });
    }
  }

  /** The page ends, unless the browser keeps it. */
  #hide({ persisted }) {
    if (!persisted) {
      isKept(this.#key) ? this.#link.leave() : this.#abandon(null);
    }
  }

  /** Ends the session without waiting for the reply of the service. */
  #abandon(error, reason) {
    this.#end(error, reason);
    this.#link.delete().catch(() => {});
  }

  /** A refusal does not end the session of a healthy connection; signaling is retried when the connection breaks. */
  #giveUp(error) {
    if (this.#exchange.isHealthy) {
      this.#report(error);
    } else {
      this.#end(error);
    }
  }

  /** An error after which the session continues. The token of a guest is refused when the host has reopened the session. */
  #report(error) {
    if (error.status === 404 || (error.status === 403 && !this.#isHost)) {
      this.#gone();
    } else if (!this.#signal.aborted) {
      emit(this, "problem", { error });
    }
  }

  #end(error, reason = error ?? new DOMException("The session is closed.", "AbortError")) {
    if (this.closed) {
      return;
    }
    this.#over.abort(reason);
    this.#exchange.release();
    this.#link.stop();
    (error?.type === UNREACHABLE ? release : forget)(this.#key);
    this.#connected.reject(reason);
    emit(this, "closed", { error });
  }
}
