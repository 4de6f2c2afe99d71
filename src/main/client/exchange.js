import { random } from "./codes.js";
import { ParleyError, connectionUsed, noReply, otherClient } from "./errors.js";
import { Healing } from "./healing.js";
import { messageParts, messageReader } from "./messages.js";
import { Negotiation, fingerprints, withoutUndeclared } from "./negotiation.js";
import { anySignal, backoff, deferred, pause, unless, within } from "./timing.js";

/** Time that an offer waits for its answer. */
const ANSWER_MS = 30_000;
/** Strings of the host's answers after which the host makes an offer, since those of a generation are limited. */
const STRINGS_MAX = 60;
const ID_BYTES = 6;

/**
 * The offers, answers and candidates of one side of a session.
 *
 * Either side may make offers at any time (perfect negotiation). Those of the host are generations of the session. Those of the
 * guest, and their answers, are messages within a generation. If both make one, the host ignores that of the guest, which rolls it
 * back, answers, and repeats it if it is still needed.
 */
export class Exchange {
  #session;
  #isHost;
  #makePc;
  #peerId;
  #gather;
  #signal;
  #healing;
  #negotiation;
  #begun = deferred();

  /** The next description of the other side must have the fingerprints of `partner`. */
  #mustBePartner = false;
  /** Events and own offers are processed one after another. */
  #turn = Promise.resolve();
  #readMessage = messageReader();
  /** The generation of the remote description, and remote candidates that arrived before it. */
  #described = 0;
  #pending = [];
  /** The latest own offer: true when it is answered, false when the other side's has replaced it. As a message it has an id. */
  #answered = deferred();
  #offerId = null;
  /** The role of the guest in DTLS, from its latest answer (RFC 8842). */
  #role = "actpass";
  #strings = 0;
  /** Failures to negotiate changes of the connection since a description was stored. */
  #failures = 0;

  /** The current generation. */
  generation = 0;
  /** The other side's DTLS fingerprints; null before it has come. */
  partner = null;
  /** The peerId of the other side. */
  otherPeerId = null;

  /**
   * @param session
   *   call(op, fields): a request for this session;
   *   open(offer), replaceOffer(offer): opens the session, or a new generation of it;
   *   paired(): the other side is known; connected(): data can be sent;
   *   emit(type, detail), report(error): an event, an error after which the session continues;
   *   end(error), abandon(error): the session ends; it ends and is deleted, without an error if the page has closed the connection
   */
  constructor(session, { isHost, pc, makePc, peerId, gather, signal }) {
    this.#session = session;
    this.#isHost = isHost;
    this.#makePc = makePc;
    this.#peerId = peerId;
    this.#gather = gather;
    this.#signal = signal;
    const restart = () => this.negotiate({ iceRestart: true }).catch(() => {});
    this.#healing = new Healing({ ...session, restart }, isHost, signal);
    this.#use(pc);
  }

  get pc() {
    return this.#negotiation.pc;
  }

  get isHealthy() {
    return this.#negotiation.isHealthy;
  }

  /** Whether the peers were connected before. */
  get wasConnected() {
    return this.#healing.wasConnected;
  }

  /** The latest local description. */
  get own() {
    return this.#negotiation.own;
  }

  /** Handles `negotiationneeded` from now on. */
  begin() {
    this.#begun.resolve();
    this.#needed();
  }

  release() {
    this.#negotiation.release();
    this.#answered.resolve(true);
  }

  /**
   * Resets the state of a former session of the same code. If another client may have opened this one, it is only for the partner of
   * the former one: everybody who knows the code has read the fingerprints, so one description that has them proves nothing. Returns
   * whether it is only for that partner, so that neither side can come with a new connection.
   */
  startOver(reopened) {
    this.#described = 0;
    this.#pending = [];
    this.#mustBePartner ||= reopened && this.partner !== null;
    return this.#mustBePartner;
  }

  /** Makes an offer until it is answered; one that the other side's offer replaces is repeated. */
  async negotiate(options, signal) {
    const both = anySignal(this.#signal, signal);
    const negotiated = (async () => {
      while (!(await this.#offer(options, both)));
    })();
    await within(ANSWER_MS, negotiated, both, noReply);
  }

  /** Makes an offer in its turn, and waits for its end: whether it was answered. */
  async #offer({ automatic, ...options }, signal) {
    const offered = await this.inTurn(async () => {
      signal.throwIfAborted();
      if (automatic && !(this.#negotiation.needed && this.#negotiation.isStable)) {
        return null;
      }
      const answered = this.expectAnswer();
      await (this.#isHost ? this.offerAnew(options) : this.#offerAsGuest(options));
      return answered;
    });
    // A host without a guest has nobody to wait for.
    return offered === null || (this.#isHost && this.partner === null) || offered.promise;
  }

  /** The end of an own offer, to which it also leads if another own offer replaces it. */
  expectAnswer() {
    const answered = deferred();
    this.#answered.resolve(answered.promise);
    this.#answered = answered;
    return answered;
  }

  /** Processes events and own offers one after another. */
  inTurn(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The connection has changes to negotiate; still, if the offer of them was refused and rolled back. */
  async #needed() {
    await this.#begun.promise;
    if (this.#failures > 0) {
      await pause(backoff(this.#failures));
    }
    if (this.#negotiation.needed && !this.#signal.aborted) {
      this.#negotiateLater({ automatic: true });
    }
  }

  #negotiateLater(options) {
    this.negotiate(options).catch((error) => {
      this.#failures++;
      this.#session.report(error);
    });
  }

  /** Opens the session with the first offer. */
  async offerFirst() {
    await this.#describe("offer", (offer) => this.#session.open(offer));
  }

  /** Makes an offer of the host: a new generation. */
  async offerAnew(options) {
    try {
      await this.#describe("offer", (offer) => this.#session.replaceOffer(offer), options);
    } catch (error) {
      await this.#negotiation.rollBack();
      if (error instanceof ParleyError && !this.isHealthy) {
        this.#session.end(error);
      }
      throw error;
    }
  }

  async #offerAsGuest(options) {
    const id = (this.#offerId = random(ID_BYTES));
    // Firefox would choose the other role when ICE restarts, which ends the connection.
    const send = (offer) => this.send("offer", offer.replaceAll("a=setup:actpass", `a=setup:${this.#role}`), id);
    try {
      // If the host has made one, that is the next event.
      await unless(412, this.#describe("offer", send, options));
    } catch (error) {
      await this.#negotiation.rollBack();
      throw error;
    }
  }

  /** Applies an offer and answers it. False if a newer offer has replaced it, which arrives as an event. */
  async follow(generation, offer, candidates = [], end = false) {
    this.generation = generation;
    await this.#negotiation.rollBack();
    await this.#applyRemote("offer", offer);
    const introduction = this.#peerId ? messageParts("peer", this.#peerId) : [];
    const store = (answer) => this.#session.call("answer", { body: { answer, generation, candidates: introduction } });
    if ((await unless(412, this.#describe("answer", store))) === null) {
      return false;
    }
    this.#role = /^a=setup:(\w+)/m.exec(this.own)?.[1] ?? this.#role;
    this.#answered.resolve(false);
    this.#healing.answered(this.pc);
    for (const candidate of candidates) {
      await this.#add({ type: "candidate", generation, candidate });
    }
    if (end) {
      await this.#add({ type: "end-of-candidates", generation });
    }
    return true;
  }

  /** Creates the local description, and stores it with `store`. */
  #describe(type, store, options) {
    const stored = async (sdp) => {
      const { body } = await store(sdp);
      this.#failures = 0;
      if (body.generation) {
        this.generation = body.generation;
        this.#strings = 0;
      }
      this.#emit(type, true, this.generation);
    };
    return this.#negotiation.describe(type, stored, { gather: this.#gather, ...options });
  }

  /** Applies the remote description and earlier candidates. Its event comes first, since the peers may connect at once. */
  async #applyRemote(type, sdp) {
    const partner = fingerprints(sdp);
    const isOther = this.partner !== null && partner !== this.partner;
    if (this.#mustBePartner && isOther) {
      this.#session.abandon(otherClient());
      throw otherClient();
    }
    if (type === "offer" && isOther && this.pc.remoteDescription) {
      await this.#replace();
    }
    this.#emit(type, false, this.generation);
    try {
      await this.pc.setRemoteDescription({ type, sdp: withoutUndeclared(sdp) });
    } catch (error) {
      throw isOther ? connectionUsed(error) : error;
    }
    if (partner !== this.partner) {
      this.partner = partner;
      this.#session.paired();
    }
    this.#described = this.generation;
    for (const event of this.#pending.splice(0)) {
      if (event.generation === this.generation) {
        await this.#add(event);
      }
    }
  }

  #use(pc) {
    const negotiation = new Negotiation(pc, {
      post: (candidates, end) => this.#post(candidates, end),
      needed: () => this.#needed(),
      changed: async () => {
        const state = pc.connectionState;
        await this.#begun.promise;
        if (negotiation === this.#negotiation) {
          this.#healing.changed(negotiation, state);
        }
      },
    });
    this.#negotiation = negotiation;
  }

  /** Continues with a new connection if the page makes them, since the other side has a new one. */
  async #replace() {
    if (this.#makePc) {
      const former = this.#negotiation;
      this.#use(await this.#makePc());
      former.release();
      former.pc.close();
      this.#session.emit("replaced", { pc: this.pc });
    }
  }

  /** Processes an event of the service. An own offer may arrive before the reply to its request. */
  async apply({ type, side, generation, offer, answer, candidate }) {
    if ((side === "offerer") === this.#isHost) {
      if (type === "offer" && generation > this.generation) {
        this.generation = generation;
        if (offer !== this.own) {
          this.#session.end(otherClient());
        }
      }
    } else if (this.pc.signalingState === "closed") {
      this.#session.abandon();
    } else if (type === "offer" && generation > this.generation) {
      await this.follow(generation, offer);
    } else if (generation !== this.generation) {
      return; // of an earlier generation
    } else if (type === "answer") {
      await this.#accept(answer);
    } else {
      await this.#add({ type, generation, candidate });
    }
  }

  /** Applies the answer to an own offer. */
  async #accept(answer) {
    if (this.pc.signalingState === "have-local-offer") {
      try {
        await this.#applyRemote("answer", answer);
      } catch (error) {
        this.#answered.reject(error);
        throw error;
      }
      this.#answered.resolve(true);
      this.#healing.answered(this.pc);
    }
  }

  /** Adds a remote candidate, or the end of candidates; keeps those that precede the remote description. */
  async #add(event) {
    const { type, generation, candidate } = event;
    const message = this.#readMessage(candidate);
    if (message !== undefined) {
      await this.#receive(message ?? {});
    } else if (generation !== this.#described) {
      this.#pending.push(event);
    } else {
      try {
        if (await this.#negotiation.add(candidate)) {
          this.#emit(type, false, generation, candidate);
        }
      } catch (error) {
        this.#session.report(error);
      }
    }
  }

  /** Handles a message of the other side. */
  async #receive({ kind, id, text }) {
    if (!this.#isHost) {
      if (kind === "answer" && id === this.#offerId) {
        await this.#accept(text);
      }
    } else if (kind === "offer" && this.#negotiation.isStable) {
      await this.#applyRemote("offer", text);
      await this.#describe("answer", (answer) => this.send("answer", answer, id));
      if (this.#strings >= STRINGS_MAX) {
        this.#negotiateLater({});
      }
    } else if (kind === "new" && !this.#mustBePartner) {
      await this.#replace();
      await this.offerAnew({ iceRestart: true });
    } else if (kind === "peer") {
      this.otherPeerId = text;
    }
  }

  /** Sends a message to the other side. */
  send(kind, text, id) {
    const candidates = messageParts(kind, text, id);
    this.#strings += candidates.length;
    return this.#session.call("trickle", { body: { candidates, generation: this.generation } });
  }

  /** Sends local candidates. */
  async #post(candidates, end) {
    const { generation } = this;
    try {
      if ((await unless(412, this.#session.call("trickle", { body: { candidates, end, generation } }))) === null) {
        return; // they are of an earlier generation
      }
      candidates.forEach((candidate) => this.#emit("candidate", true, generation, candidate.toJSON()));
      if (end) {
        this.#emit("end-of-candidates", true, generation);
      }
    } catch (error) {
      this.#session.report(error);
    }
  }

  /** Reports a message of this side, or of the other one. */
  #emit(type, isOwn, generation, candidate) {
    this.#session.emit(type, { side: isOwn === this.#isHost ? "offerer" : "answerer", generation, candidate });
  }
}
