/**
 * Client of Parley: connects two RTCPeerConnections.
 *
 *   import { Parley } from "https://parley.example/parley.js";
 *   const parley = new Parley("https://parley.example", { topic: "chess" });
 *   const session = await parley.host(pc);         // one side: session.code, session.shareLink()
 *   const session = await parley.join(code, pc);   // the other side
 *   await session.connected;                       // both: data can be sent, without Parley
 *
 * {@link Parley} makes requests to the service, {@link ParleySession} connects one RTCPeerConnection, and `watch` receives the
 * events of the other side. parley.d.ts has the types.
 */

/** How long a call is retried while the service does not answer. */
const PATIENCE_MS = 30_000;
/** Timeout of one request. */
const REQUEST_MS = 10_000;
/** Minimum and maximum delay between retries. */
const BACKOFF_MS = [200, 5_000];
/** Candidates are gathered in bursts; those gathered within this time are sent in one request. */
const BATCH_MS = 20;
const BATCH_MAX = 64;
const CODE_BYTES = 16;
const TOKEN_BYTES = 24;
/** Requested duration of a long poll. */
const WAIT_S = 25;
/** Timeouts of an event stream, for its first data and between two chunks: a silent one is probably buffered by a proxy. */
const STREAM_OPENS_MS = 5_000;
const STREAM_SILENCE_MS = 75_000;
/** Failures of a transport, while the service answers, after which the next transport is used. */
const MISSES_MAX = 2;
/** How long a connected session continues to listen for candidates, unless the other side sends end-of-candidates before. */
const LINGER_MS = 5_000;
/** Consecutive ICE restarts before the session ends: after a connection was lost, and before the first connection. */
const RESTARTS_MAX = 3;
const RESTARTS_MAX_BEFORE = 1;
/** Time from the answer to the connection after which the host restarts ICE; the guest ends the session after twice that time. */
const CONNECT_MS = 30_000;
/** The share of the remaining time to live after which a side extends the session, and a random addition to it. */
const EXTEND_AFTER = { offerer: 0.5, answerer: 0.7 };
const EXTEND_SPREAD = 0.1;
const EXTEND_MS_MIN = 3_000;
const TTL_MIN_S = 10;
/** Minimum and maximum delay between a guest's requests for an expired session that its host may reopen. */
const REOPENED_MS = [1_000, 60_000];
/** Uncertainty of the estimated clock of the service. */
const CLOCK_MS = 2_000;

const TRANSPORTS = ["sse", "long-poll", "poll"];
const CODE = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$/;
const NAMESPACE = /^[!-~]{1,512}$/;
const PROBLEM = "urn:parley:problem:";
const PASSING = new Set([0, 429, 502, 503, 504]);

/** A refusal of the service (RFC 9457), or a request without a reply: then `status` is 0. */
export class ParleyError extends Error {
  constructor({ type = "about:blank", title = "Refused", status = 0, detail = title, field, retryAfter }, options) {
    super(detail, options);
    this.name = "ParleyError";
    this.type = type;
    this.title = title;
    this.status = status;
    this.detail = detail;
    this.field = field;
    /** Seconds, from `Retry-After`. */
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return PASSING.has(this.status);
  }
}

/**
 * A client of one service. The bookmark of each reply is sent with the next request, so that every reply, from whichever replica,
 * includes everything that this instance has read or written.
 *
 * Events: `session` when a `session` begins, before any of its events; `served` after each reply, with `node`, `region`,
 * `primary` and `bookmark`; `retry` before each retry, with `error`, `attempt` and `delay`.
 */
export class Parley extends EventTarget {
  #root;
  #base;
  #key;
  #namespace;
  /** Whether a reply was readable, so the service allows the origin of this page. */
  #admitted = false;
  /** Milliseconds by which the clock of the service is ahead of the local clock. */
  #clockAhead = 0;
  #topic;
  #from;
  #bookmark = null;
  #patience;
  #pollInterval;
  #transports;
  #servedBy = null;

  /**
   * @param url of the service; by default that of this file
   * @param options
   *   key: a credential, sent as a bearer token;
   *   namespace: clients with the same namespace share sessions, unless a key decides; by default the origin of the page;
   *   topic: the default topic of `host` and `find`;
   *   readFrom: what reads may use before there is a bookmark, "first-primary" (the default) or "first-unconstrained";
   *   transport: only "sse", "long-poll" or "poll"; by default the best that works;
   *   pollInterval: milliseconds between two polls if no other transport works, 1000;
   *   patience: milliseconds for which a call is retried while the service does not answer, 30000
   */
  constructor(
    url = new URL(".", import.meta.url),
    { key, namespace = ownOrigin(), topic, readFrom, transport, pollInterval = 1_000, patience = PATIENCE_MS } = {},
  ) {
    super();
    if (transport !== undefined && !TRANSPORTS.includes(transport)) {
      throw new TypeError(`transport must be one of ${TRANSPORTS.join(", ")}`);
    }
    if (namespace !== undefined && !NAMESPACE.test(namespace)) {
      throw new TypeError("namespace must be 1 to 512 visible ASCII characters");
    }
    this.#root = new URL(new URL(url, globalThis.document?.baseURI).href.replace(/\/?$/, "/"));
    if (!/^https?:$/.test(this.#root.protocol)) {
      throw new TypeError(`url must be the http or https address of the service (was ${this.#root.href})`);
    }
    this.#base = new URL("api/v1/", this.#root);
    this.#key = key;
    this.#namespace = namespace;
    this.#topic = topic;
    this.#from = readFrom;
    this.#patience = patience;
    this.#pollInterval = pollInterval;
    this.#transports = transport === undefined ? [...TRANSPORTS] : [transport];
  }

  /**
   * Offers `pc` to the first peer that joins. Add data channels or tracks before.
   *
   * @param pc an RTCPeerConnection
   * @param options
   *   topic, code, peerId, tags: how the session is found; with the topic null, by its code only;
   *   ttl: its time to live in seconds; it is extended until it is closed;
   *   stay: continues to listen while connected, so that a restart by either side is noticed at once;
   *   signal: ends the session when it aborts
   * @returns {Promise<ParleySession>} as soon as the session can be joined
   */
  async host(pc, { topic = this.#topic, code, peerId, tags, ttl, stay, signal } = {}) {
    const session = this.#begin(pc, "offerer", code ?? random(CODE_BYTES), { ttl, stay, signal });
    await session.open({ topic: topic ?? undefined, peerId, tags, ttl });
    return session;
  }

  /**
   * Answers the session of `code` with `pc`. Rejects with status 409 if the session has a guest, 404 if there is none.
   *
   * @param options `stay` and `signal` as for `host`
   * @returns {Promise<ParleySession>} as soon as the answer is stored
   */
  async join(code, pc, { stay, signal } = {}) {
    const session = this.#begin(pc, "answerer", code, { stay, signal });
    await session.enter();
    return session;
  }

  /** The unanswered sessions of `topic` (null: of all topics), newest first: at most `limit`, or a page of the service's size. */
  async find(topic = this.#topic, { tag, limit, signal } = {}) {
    const { items } = await this.#call("GET", `sessions${query({ topic, tag, limit })}`, { signal });
    return items;
  }

  /** The topics that have unanswered sessions, with their number, in alphabetical order. */
  async topics({ prefix, limit, signal } = {}) {
    const { items } = await this.#call("GET", `topics${query({ prefix, limit })}`, { signal });
    return items;
  }

  /** STUN and TURN servers, for `new RTCPeerConnection({ iceServers })`. */
  async iceServers({ signal } = {}) {
    const { iceServers } = await this.#call("GET", "ice-servers", { signal });
    return iceServers;
  }

  /** The bookmark that all reads of this instance include; null before the first reply. */
  getBookmark() {
    return this.#bookmark;
  }

  setBookmark(bookmark) {
    this.#bookmark = bookmark ?? null;
  }

  clearBookmark() {
    this.#bookmark = null;
  }

  /** The database node that served the latest reply: `{ node, region, primary }`; null before it. */
  get servedBy() {
    return this.#servedBy;
  }

  /**
   * A link to `page` with the code of a session and the bookmark, so that the visitor who follows it finds the session on any
   * replica. Both are in the fragment, which is not sent to servers.
   */
  shareLink(code, page = globalThis.location?.href) {
    const link = new URL(page, globalThis.document?.baseURI);
    link.hash = new URLSearchParams(this.#bookmark === null ? { code } : { code, bookmark: this.#bookmark });
    return link.href;
  }

  /** The code in a link, or null. A bookmark in the link is used from then on. */
  fromLink(link = globalThis.location?.href) {
    const carried = new URLSearchParams(new URL(link, globalThis.document?.baseURI).hash.slice(1));
    this.#keepBookmark(carried.get("bookmark"));
    return carried.get("code");
  }

  /** Keeps the newest bookmark, since replies may arrive out of order. Bookmarks of one history sort as strings in commit order. */
  #keepBookmark(bookmark, reset = false) {
    if (bookmark && (reset || this.#bookmark === null || bookmark > this.#bookmark)) {
      this.#bookmark = bookmark;
    }
  }

  #begin(pc, side, code, options) {
    if (!CODE.test(code)) {
      throw badCode(code);
    }
    /** What a session needs from its service. */
    const service = {
      shareLink: (...link) => this.shareLink(...link),
      call: (...call) => this.#call(...call),
      now: () => Date.now() + this.#clockAhead,
      events: (path, after, { signal, onwait, onretry }) =>
        watch({
          ask: (seen, request) => this.#ask("GET", `${path}/events?after=${seen}`, request),
          keep: (bookmark) => this.#keepBookmark(bookmark),
          after,
          signal,
          onwait,
          onretry: (retry) => {
            this.#emit("retry", retry);
            onretry();
          },
          transports: this.#transports,
          pollInterval: this.#pollInterval,
        }),
    };
    const session = new ParleySession(service, pc, side, code, options);
    this.#emit("session", { session });
    return session;
  }

  /** A call that is retried while its error may be temporary. It must be idempotent. */
  async #call(method, path, { patience = this.#patience, signal, ...request } = {}) {
    const began = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(method, path, { ...request, signal });
      } catch (error) {
        const delay = backoff(attempt, error);
        if (!error.passing || performance.now() + delay - began > patience) {
          throw error;
        }
        this.#emit("retry", { error, attempt, delay });
        await pause(delay, signal);
      }
    }
  }

  /** Makes one request and returns what `read` returns for its reply. Throws a ParleyError, or the reason of `signal`. */
  async #ask(method, path, { body, token, headers, keepalive, signal, within = REQUEST_MS, read = json } = {}) {
    signal?.throwIfAborted();
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), within);
    try {
      const response = await fetch(new URL(path, this.#base), {
        method,
        headers: { ...this.#headers(token, body), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
        keepalive,
        cache: "no-store",
        credentials: "omit",
        // Browsers send no Origin with a GET to the page's own origin; the service then uses the referrer.
        referrerPolicy: "origin",
      });
      this.#readHeaders(response.headers);
      if (!response.ok) {
        throw await refusal(response, this.#key);
      }
      return await read(response);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ParleyError) {
        throw error;
      }
      throw !late.signal.aborted && (await this.#refusesOrigin())
        ? originRefused(this.#root, error)
        : unreachable(error, late.signal.aborted);
    } finally {
      clearTimeout(deadline);
    }
  }

  /**
   * Whether the service answers but does not allow the origin of this page. A page gets the same TypeError if CORS forbids a reply
   * and if the service is down. A page that is not allowed cannot read `/health` either, but can load the service's icon.
   */
  async #refusesOrigin() {
    if (this.#admitted || globalThis.location === undefined || location.origin === this.#root.origin) {
      return false;
    }
    const health = new URL("health", this.#root);
    this.#admitted = await loads(health, "cors");
    if (this.#admitted) {
      return false;
    }
    return globalThis.Image ? shows(new URL("icon.svg", this.#root)) : loads(health, "no-cors");
  }

  #headers(token, body) {
    const bookmark = this.#bookmark ?? this.#from;
    return {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(token && { "Session-Token": token }),
      ...(this.#key && { Authorization: `Bearer ${this.#key}` }),
      ...(this.#namespace && { "Parley-Namespace": this.#namespace }),
      ...(bookmark && { "x-d1-bookmark": bookmark }),
    };
  }

  #readHeaders(headers) {
    this.#admitted = true;
    const date = Date.parse(headers.get("Date"));
    if (!Number.isNaN(date)) {
      this.#clockAhead = date - Date.now();
    }
    const bookmark = headers.get("x-d1-bookmark");
    if (bookmark) {
      this.#keepBookmark(bookmark, headers.get("x-bookmark-status") === "reset");
      this.#servedBy = {
        node: headers.get("x-served-by"),
        region: headers.get("x-served-by-region"),
        primary: headers.get("x-served-by-primary") === "true",
      };
      this.#emit("served", { ...this.#servedBy, bookmark });
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * One side of one session, and the RTCPeerConnection that it connects. The caller owns the connection: a session neither creates
 * nor closes it.
 *
 * Until it is closed, either side extends the session before it expires, so that a broken connection can be restarted. If the
 * session has expired nevertheless, because both sides slept or the service was down, the host opens it again with the same code
 * and token, and the guest polls that code. A reopened session is not listed under the topic, and each side accepts only the DTLS
 * fingerprint of its previous peer.
 *
 * Events, of both sides: `offer`, `answer`, `candidate` (with `candidate`), `end-of-candidates`, each with `side` and
 * `generation`, own ones when the service has stored them, remote ones when they are applied; `connected`, `disconnected`,
 * `failed` (with an `error` to show); `waiting` with the `transport` in use; `problem` with an `error` after which the session
 * continues; `closed`, the last event, with an `error` or null.
 */
export class ParleySession extends EventTarget {
  #service;
  #pc;
  #side;
  #code;
  #path;
  #token = random(TOKEN_BYTES);
  #stay;
  #over = new AbortController();
  #signal;
  #begun = deferred();
  #connected = deferred();
  #wasConnected = false;
  #restarts = 0;
  #deadline = null;
  /** How long calls are retried: unlimited once the session has begun. */
  #patience;

  /** The request with which the host opens the session, its times, and its time to live in seconds. */
  #request = {};
  #createdAt = null;
  #expiresAt = null;
  #lifetime = 0;
  #ttl;
  #reopening = null;

  /** The other side's DTLS fingerprints, and whether its next description must have the same ones. */
  #partner = null;
  #mustBePartner = false;

  /** The number of the last event, and the processing of events one after another. */
  #seen = 0;
  #turn = Promise.resolve();
  #listening = null;
  #transport = null;

  /** The current generation, that of the remote description, and that for which the remote candidates are complete. */
  #generation = 0;
  #described = 0;
  #ended = 0;
  /** Remote candidates that arrived before the remote description. */
  #pending = [];

  /** The latest local description as it was sent, and its ufrags; local candidates are sent after it is stored. */
  #own = null;
  #ufrags = new Set();
  #stored = Promise.resolve();
  #outbox = [];
  #posting = false;
  #negotiating = Promise.resolve();

  /** Called by `host` and `join` only. */
  constructor(service, pc, side, code, { ttl, stay = false, signal }) {
    super();
    this.#service = service;
    this.#pc = pc;
    this.#side = side;
    this.#code = code;
    this.#path = `sessions/${code}`;
    this.#ttl = ttl;
    this.#stay = stay;
    this.#signal = signal ? AbortSignal.any([this.#over.signal, signal]) : this.#over.signal;
    signal?.addEventListener("abort", () => this.#abandon(null, signal.reason), { signal: this.#over.signal });
    const gathered = (event) => this.#gathered(event.candidate);
    const changed = () => this.#changed();
    pc.addEventListener("icecandidate", gathered);
    pc.addEventListener("connectionstatechange", changed);
    // RTCPeerConnections outside of browsers do not support the option `signal` of addEventListener.
    this.#over.signal.addEventListener("abort", () => {
      pc.removeEventListener("icecandidate", gathered);
      pc.removeEventListener("connectionstatechange", changed);
    });
  }

  get code() {
    return this.#code;
  }

  /** "offerer" for the host, "answerer" for the guest. */
  get side() {
    return this.#side;
  }

  /** 1 for the first offer, 1 more for each new offer. */
  get generation() {
    return this.#generation;
  }

  /** The transport in use, "sse", "long-poll" or "poll"; null while the session does not listen. */
  get transport() {
    return this.#transport;
  }

  /** When the session expires, from the service; null before the first reply. */
  get expiresAt() {
    return this.#expiresAt;
  }

  get closed() {
    return this.#over.signal.aborted;
  }

  /**
   * Resolves when the peers are connected and the data channels are open that both sides (`negotiated: true`) or this side
   * created. Rejects with the reason if the session ends before.
   */
  get connected() {
    return this.#connected.promise;
  }

  /** A link to this session; see `shareLink` of Parley. */
  shareLink(page) {
    return this.#service.shareLink(this.#code, page);
  }

  /** Restarts ICE. The host does so automatically when the connection has failed. */
  async restart() {
    await this.#negotiate({ iceRestart: true });
  }

  /** Makes a new offer, after tracks or channels were added. Only the host makes offers; the guest answers while it listens. */
  async renegotiate() {
    await this.#negotiate({ iceRestart: false });
  }

  async #negotiate(options) {
    this.#mustOffer();
    const turn = this.#negotiating.then(() => this.#offerAnew(options));
    this.#negotiating = turn.catch(() => {});
    await turn;
  }

  /** Ends the signaling, not the connection. The host's session is deleted. */
  async close({ signal } = {}) {
    if (!this.closed) {
      this.#end(null);
      await this.#delete(signal);
    }
  }

  /** Begins the host's side. */
  async open(request) {
    this.#request = request;
    try {
      this.#signal.throwIfAborted();
      // In "have-local-offer" an earlier offer was refused by the service, and is made again.
      if (!["stable", "have-local-offer"].includes(this.#pc.signalingState)) {
        throw new DOMException("The connection is in the middle of another negotiation.", "InvalidStateError");
      }
      await this.#describe((offer) => this.#create(offer));
    } catch (error) {
      this.#end(error);
      throw error;
    }
    this.#begin();
  }

  /** Begins the guest's side. */
  async enter() {
    try {
      while (!(await this.#answerCurrent()));
    } catch (refused) {
      const error = guestRefusal(refused);
      this.#end(error);
      throw error;
    }
    this.#begin();
  }

  #begin() {
    this.#patience = Infinity;
    this.#listen();
    this.#keepAlive();
    setTimeout(this.#begun.resolve); // after the caller has received the session
  }

  /** Opens the session, or reopens it: then only for its previous guest, if there was one. */
  async #create(offer) {
    const { topic, tags, ...unlisted } = this.#request;
    const request = this.#partner === null ? this.#request : unlisted;
    const opened = await this.#call("POST", "sessions", { body: { ...request, code: this.#code, offer } });
    this.#startOver(opened.seq);
    return opened;
  }

  /** Resets the state of the former session of this code. The next event is the one after `seq`. */
  #startOver(seq) {
    this.#stopListening();
    this.#seen = seq;
    this.#described = 0;
    this.#ended = 0;
    this.#pending = [];
    this.#mustBePartner = this.#partner !== null;
  }

  /** Answers the current offer. False if a newer offer has replaced it. */
  async #answerCurrent() {
    const state = await this.#call("GET", this.#path);
    if (state.answer !== null && state.answer === this.#own) {
      return true;
    }
    if (state.answer !== null) {
      throw hasGuest();
    }
    this.#startOver(state.seq);
    this.#createdAt = state.createdAt;
    return this.#follow(state.generation, state.offer, state.offerCandidates, state.offerEnd);
  }

  /** Applies an offer and answers it. False if a newer offer has replaced it, which arrives as an event. */
  async #follow(generation, offer, candidates = [], end = false) {
    this.#generation = generation;
    await this.#applyRemote("offer", offer);
    for (const candidate of candidates) {
      await this.#add({ type: "candidate", generation, candidate });
    }
    if (end) {
      await this.#add({ type: "end-of-candidates", generation });
    }
    try {
      await this.#describe((answer) => this.#call("PUT", `${this.#path}/answer`, { body: { answer, generation } }));
      this.#expectConnection();
      return true;
    } catch (error) {
      if (error.status === 412) {
        return false;
      }
      throw error;
    }
  }

  async #offerAnew(options) {
    this.#deadline?.abort();
    try {
      await this.#describe((offer) => this.#replaceOffer(offer), options);
    } catch (error) {
      await this.#rollBack();
      if (error instanceof ParleyError && !this.#isHealthy) {
        this.#end(error);
      }
      throw error;
    }
    this.#listen();
  }

  /**
   * Replaces the current offer, or reopens the session if it no longer exists. If the other side changes the session meanwhile, the
   * replacement is retried. An unknown offer means that another client uses the same token; its offer is kept, and ours rolled
   * back.
   */
  async #replaceOffer(offer) {
    for (let tag; ; ) {
      const state = await this.#unlessGone(this.#call("GET", this.#path, { read: withTag }));
      if (state === null) {
        return this.#create(offer);
      }
      if (state.offer === offer) {
        return state; // the offer was stored, only the reply was lost
      }
      if (state.generation !== this.#generation) {
        throw otherGeneration(state.generation);
      }
      try {
        return await this.#call("PUT", `${this.#path}/offer`, { body: { offer }, headers: { "If-Match": state.tag } });
      } catch (error) {
        // An unchanged state that is refused would be refused again.
        if (error.status !== 404 && (error.status !== 412 || state.tag === tag)) {
          throw error;
        }
        tag = state.tag;
      }
    }
  }

  /** Creates the local description, and stores it with `keep`. */
  async #describe(keep, { iceRestart = false } = {}) {
    const kept = (async () => {
      // Not every implementation supports setLocalDescription() without an argument.
      const made = await (this.#side === "offerer" ? this.#pc.createOffer({ iceRestart }) : this.#pc.createAnswer());
      if (!/^m=/m.test(made.sdp)) {
        throw new TypeError("The connection has no data channel and no track; add one before.");
      }
      await this.#pc.setLocalDescription(made);
      const { type, sdp } = this.#pc.localDescription;
      this.#own = sdp;
      this.#ufrags = new Set(Array.from(sdp.matchAll(/^a=ice-ufrag:(\S+)/gm), ([, ufrag]) => ufrag));
      const reply = await keep(sdp);
      this.#generation = reply.generation;
      this.#updateExpiry(reply);
      this.#emit(type, { side: this.#side, generation: reply.generation });
      return reply;
    })();
    this.#stored = kept.catch(() => {});
    return kept;
  }

  /** Rolls back an offer that will not be answered. */
  async #rollBack() {
    if (this.#pc.signalingState === "have-local-offer") {
      await this.#pc.setLocalDescription({ type: "rollback" }).catch(() => {});
    }
  }

  /** Applies the remote description and earlier candidates. Its event comes first, since the peers may connect at once. */
  async #applyRemote(type, sdp) {
    const partner = fingerprints(sdp);
    if (this.#mustBePartner && partner !== this.#partner) {
      this.#abandon(differentPeer());
      throw differentPeer();
    }
    this.#partner = partner;
    this.#mustBePartner = false;
    this.#emit(type, { side: this.#otherSide, generation: this.#generation });
    await this.#pc.setRemoteDescription({ type, sdp });
    this.#described = this.#generation;
    if (type === "answer") {
      this.#expectConnection();
    }
    for (const event of this.#pending.splice(0)) {
      if (event.generation === this.#generation) {
        await this.#add(event);
      }
    }
    if (this.#pc.connectionState === "connected") {
      this.#stopSoon();
    }
  }

  /** Listens until the peers are connected, and again when the connection breaks. */
  async #listen() {
    if (this.#listening || this.closed) {
      return;
    }
    const listening = (this.#listening = new AbortController());
    const signal = AbortSignal.any([this.#signal, listening.signal]);
    const onwait = (transport) => {
      this.#transport = transport;
      this.#emit("waiting", { transport });
    };
    const onretry = () => {
      if (this.#remaining < 0) {
        this.#stopListening();
        this.#listen();
      }
    };
    try {
      if (this.#remaining < 0) {
        await this.#extend(); // the session may have expired or been reopened
        signal.throwIfAborted();
      }
      for await (const event of this.#service.events(this.#path, this.#seen, { signal, onwait, onretry })) {
        this.#turn = this.#turn.catch(() => {}).then(() => this.#apply(event));
        await this.#turn;
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      this.#stopListening();
      if (error.status === 404) {
        this.#gone();
      } else {
        this.#giveUp(error);
      }
    }
  }

  #stopListening() {
    this.#listening?.abort();
    this.#listening = null;
    this.#transport = null;
  }

  async #stopSoon() {
    await pause(this.#ended === this.#generation ? 0 : LINGER_MS, this.#signal).catch(() => {});
    this.#stopIfSettled();
  }

  /** Stops listening if the negotiation is complete and the peers are connected. */
  #stopIfSettled() {
    const settled = this.#pc.connectionState === "connected" && this.#pc.signalingState === "stable";
    if (settled && !this.#stay) {
      this.#stopListening();
    }
  }

  /** Processes each event once, in the order of their numbers. */
  async #apply({ seq, type, side, generation, offer, answer, candidate }) {
    if (seq <= this.#seen || this.closed) {
      return;
    }
    this.#seen = seq;
    if (type === "closed") {
      this.#end(this.#pc.connectionState === "failed" ? noPath() : null);
    } else if (side === this.#side) {
      this.#confirmOwn(type, generation, offer);
    } else if (type === "offer" && generation > this.#generation) {
      await this.#follow(generation, offer);
    } else if (generation !== this.#generation) {
      return; // of an earlier generation
    } else if (type === "answer") {
      await this.#applyRemote("answer", answer);
    } else {
      await this.#add({ type, generation, candidate });
    }
  }

  /** Handles an event of this side. An own offer may arrive before the reply to its request. */
  #confirmOwn(type, generation, offer) {
    if (type === "offer" && generation > this.#generation) {
      this.#generation = generation;
      if (offer !== this.#own) {
        this.#end(otherGeneration(generation));
      }
    }
  }

  /** Adds a remote candidate, or the end of candidates; keeps those that precede the remote description. */
  async #add(event) {
    if (event.generation !== this.#described) {
      this.#pending.push(event);
      return;
    }
    const { type, generation, candidate } = event;
    try {
      await this.#pc.addIceCandidate(type === "candidate" ? candidateInit(candidate) : undefined);
      this.#emit(type, { side: this.#otherSide, generation, candidate });
    } catch (error) {
      this.#emit("problem", { error });
    }
    if (type === "end-of-candidates") {
      this.#ended = generation;
      this.#stopIfSettled();
    }
  }

  /** A local candidate, or null after the last one. */
  #gathered(candidate) {
    if (candidate?.candidate === "") {
      return; // end of one medium; null follows after the last one
    }
    this.#outbox.push({ candidate, ufrags: this.#ufrags });
    this.#post();
  }

  async #post() {
    if (this.#posting) {
      return;
    }
    this.#posting = true;
    try {
      await pause(BATCH_MS, this.#signal);
      while (this.#outbox.length > 0) {
        await this.#stored;
        await this.#postBatch(this.#outbox.splice(0, BATCH_MAX).filter((entry) => this.#isCurrent(entry)));
      }
    } catch (error) {
      this.#lost(error);
    } finally {
      this.#posting = false;
    }
  }

  /** Whether a candidate belongs to the latest local description; an ICE restart invalidates the others. */
  #isCurrent({ candidate, ufrags }) {
    return candidate?.usernameFragment ? this.#ufrags.has(candidate.usernameFragment) : ufrags === this.#ufrags;
  }

  async #postBatch(batch) {
    const candidates = batch.flatMap(({ candidate }) => candidate ?? []);
    const end = candidates.length < batch.length;
    const generation = this.#generation;
    if (batch.length === 0) {
      return;
    }
    try {
      await this.#call("POST", `${this.#path}/candidates`, { body: { candidates, end, generation } });
    } catch (error) {
      if (error.status === 412) {
        return; // they are of an earlier generation
      }
      throw error;
    }
    for (const candidate of candidates) {
      this.#emit("candidate", { side: this.#side, generation, candidate: candidate.toJSON() });
    }
    if (end) {
      this.#emit("end-of-candidates", { side: this.#side, generation });
    }
  }

  /** The peers may connect before the reply to the answer arrives; events are sent only after the session has begun. */
  async #changed() {
    const state = this.#pc.connectionState;
    await this.#begun.promise;
    if (state === "connected") {
      this.#restarts = 0;
      this.#deadline?.abort();
      await dataReady(this.#pc);
      if (!this.#isHealthy) {
        return;
      }
      this.#wasConnected = true;
      this.#connected.resolve();
      this.#emit("connected");
      this.#stopSoon();
    } else if (state === "disconnected" || state === "failed") {
      this.#emit(state, state === "failed" ? { error: noPath() } : null);
      this.#listen();
      if (state === "failed" && this.#side === "offerer") {
        this.#restartOrEnd();
      }
    }
  }

  #restartOrEnd() {
    if (this.#restarts++ < (this.#wasConnected ? RESTARTS_MAX : RESTARTS_MAX_BEFORE)) {
      this.restart().catch(() => {});
    } else {
      this.#abandon(noPath());
    }
  }

  /** Limits the time from the answer to the connection, since ICE does not always report a failure, e.g. without candidates. */
  async #expectConnection() {
    this.#deadline?.abort();
    const deadline = (this.#deadline = new AbortController());
    const signal = AbortSignal.any([this.#signal, deadline.signal]);
    try {
      await pause(this.#side === "offerer" ? CONNECT_MS : 2 * CONNECT_MS, signal);
    } catch {
      return;
    }
    if (this.#isHealthy) {
      return;
    }
    if (this.#side === "offerer") {
      this.#restartOrEnd();
    } else if (!this.#wasConnected) {
      this.#end(noPath());
    }
  }

  /** Ends the session without waiting for the reply of the service. */
  #abandon(error, reason) {
    this.#end(error, reason);
    this.#delete().catch(() => {});
  }

  /** Extends the session periodically. The guest does so later, and only if its host has not. */
  async #keepAlive() {
    try {
      for (;;) {
        const share = EXTEND_AFTER[this.#side] + EXTEND_SPREAD * Math.random();
        await pause(Math.max(this.#remaining * share, EXTEND_MS_MIN), this.#signal);
        await this.#extend();
      }
    } catch (error) {
      this.#lost(error);
    }
  }

  async #extend() {
    if (this.#pc.signalingState === "closed") {
      this.#abandon(null);
      return;
    }
    if (this.#side === "answerer") {
      const state = await this.#unlessGone(this.#call("GET", this.#path));
      if (state?.createdAt !== this.#createdAt) {
        await this.#gone();
        return;
      }
      this.#updateExpiry(state);
      if (this.#remaining > (this.#lifetime * 1_000) / 2) {
        return;
      }
    }
    const ttl = this.#ttl ?? Math.max(this.#lifetime, TTL_MIN_S);
    const extended = await this.#unlessGone(this.#call("PATCH", this.#path, { body: { ttl } }));
    if (extended === null) {
      await this.#gone();
    } else {
      this.#updateExpiry(extended);
    }
  }

  #updateExpiry({ expiresAt }) {
    this.#expiresAt = expiresAt;
    this.#lifetime = Math.max(this.#lifetime, Math.floor(this.#remaining / 1_000));
  }

  /** Milliseconds until the session expires. */
  get #remaining() {
    return Date.parse(this.#expiresAt) - this.#service.now();
  }

  async #unlessGone(call) {
    try {
      return await call;
    } catch (error) {
      if (error.status === 404) {
        return null;
      }
      throw error;
    }
  }

  /** The session no longer exists on the service. */
  #gone() {
    if (this.closed) {
      return null;
    }
    this.#stopListening();
    return (this.#reopening ??= this.#reopen().finally(() => (this.#reopening = null)));
  }

  async #reopen() {
    try {
      await (this.#side === "offerer" ? this.restart() : this.#rejoin());
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** Waits until the host has reopened the session, and answers it. */
  async #rejoin() {
    const [min, max] = REOPENED_MS;
    for (let delay = min; ; delay = Math.min(2 * delay, max)) {
      const answered = await this.#unlessGone(this.#answerCurrent());
      if (answered) {
        this.#listen();
        return;
      }
      if (answered === null && this.#remaining > CLOCK_MS) {
        this.#end(null); // it had not expired, so the host has closed it
        return;
      }
      if (answered === null && !this.#wasConnected) {
        throw noSession();
      }
      await pause(delay * (0.5 + Math.random() / 2), this.#signal);
    }
  }

  async #delete(signal) {
    if (this.#side === "offerer") {
      try {
        // keepalive, since the page may be closing.
        await this.#service.call("DELETE", this.#path, { token: this.#token, keepalive: true, signal });
      } catch (error) {
        if (error.status !== 404) {
          throw error;
        }
      }
    }
  }

  #call(method, path, request) {
    return this.#service.call(method, path, {
      ...request,
      token: method === "GET" ? undefined : this.#token,
      signal: this.#signal,
      patience: this.#patience,
    });
  }

  get #isHealthy() {
    return this.#pc.connectionState === "connected";
  }

  /** A refusal does not end the session of a healthy connection; signaling is retried when the connection breaks. */
  #giveUp(error) {
    if (this.#isHealthy) {
      this.#report(error);
    } else {
      this.#end(error);
    }
  }

  #lost(error) {
    if (error.status === 404) {
      this.#gone();
    } else {
      this.#report(error);
    }
  }

  #report(error) {
    if (!this.#signal.aborted) {
      this.#emit("problem", { error });
    }
  }

  #end(error, reason = error ?? new DOMException("The session is closed.", "AbortError")) {
    if (this.closed) {
      return;
    }
    this.#over.abort(reason);
    this.#stopListening();
    this.#connected.reject(reason);
    this.#emit("closed", { error });
  }

  get #otherSide() {
    return this.#side === "offerer" ? "answerer" : "offerer";
  }

  #mustOffer() {
    if (this.#side !== "offerer") {
      throw new DOMException("Only the host can make offers.", "InvalidStateError");
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The service, or a proxy, does not support this transport. */
class Unsupported extends Error {}

/**
 * Yields the events of a session after number `after` until `signal` aborts. It uses the best transport that works. When one
 * fails, a poll shows whether the transport or the service has failed, and no event is delayed for long.
 *
 * @param ask requests the events after a number, with headers, a timeout and a reader of the reply
 * @param keep receives bookmarks that are not in a header
 * @param transports those that may still work, the best first; those that fail are removed
 */
async function* watch({ ask, keep, after, signal, onwait, onretry, transports, pollInterval }) {
  let failures = 0;
  let misses = 0;
  let plain = false;
  let reported = null;
  for (;;) {
    const transport = plain ? "poll" : transports[0];
    if (!plain && transport !== reported) {
      onwait((reported = transport));
    }
    const began = performance.now();
    let fruitful = false;
    const works = () => {
      failures = 0;
      misses = plain ? misses : 0;
    };
    try {
      for await (const event of TRANSPORT_READERS[transport]({ ask, keep, after, signal, works })) {
        after = event.seq;
        fruitful = true;
        yield event;
      }
      const hasWaited = fruitful || performance.now() - began > pollInterval;
      if (!plain && (transport === "poll" || !hasWaited)) {
        await pause(pollInterval, signal);
      }
      plain = false;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Unsupported && transports.length > 1) {
        transports.shift();
        continue;
      }
      if (!error.passing) {
        throw error;
      }
      // A busy service replies with 429 or 503; anything else may be caused by a proxy.
      if (!plain && transports.length > 1 && error.status !== 429 && error.status !== 503 && ++misses > MISSES_MAX) {
        transports.shift();
        misses = 0;
      }
      plain = true;
      const delay = backoff(++failures, error);
      onretry({ error, attempt: failures, delay });
      await pause(delay, signal);
    }
  }
}

/** The transports, with one request each for the events after a number. `works` is called when the transport works. */
const TRANSPORT_READERS = {
  async *poll({ ask, after, signal, works }) {
    const { events } = await ask(after, { signal });
    works();
    yield* events;
  },

  async *"long-poll"({ ask, after, signal, works }) {
    const read = async (response) => ({ held: response.headers.has("Preference-Applied"), ...(await response.json()) });
    const within = WAIT_S * 1_000 + REQUEST_MS;
    const { events, held } = await ask(after, { headers: { Prefer: `wait=${WAIT_S}` }, signal, within, read });
    works();
    yield* events;
    if (!held) {
      throw new Unsupported("The service does not support long polls.");
    }
  },

  async *sse({ ask, keep, after, signal, works }) {
    const silent = new AbortController();
    const response = await ask(after, {
      headers: { Accept: "text/event-stream, application/json;q=0.1" },
      signal: AbortSignal.any([signal, silent.signal]),
      within: STREAM_OPENS_MS,
      read: (response) => response,
    });
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      await response.body.cancel();
      throw new Unsupported("The service does not support event streams.");
    }
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = eventStreamParser();
    try {
      for (let allowed = STREAM_OPENS_MS; ; allowed = STREAM_SILENCE_MS) {
        const deadline = setTimeout(() => silent.abort(), allowed);
        const { value, done } = await chunks.read().finally(() => clearTimeout(deadline));
        if (done) {
          return;
        }
        works();
        for (const { event, data } of parse(value)) {
          if (event === "bookmark") {
            keep(data);
          } else {
            yield JSON.parse(data);
          }
        }
      }
    } catch (error) {
      throw error instanceof ParleyError || signal.aborted ? error : unreachable(error, silent.signal.aborted);
    } finally {
      chunks.cancel().catch(() => {});
    }
  },
};

/**
 * Returns a function that takes each chunk of an event stream and returns the messages that the chunk completes (HTML standard,
 * section 9.2.6). Lines end at CR, LF or CRLF only; a CR and its LF may be in two chunks.
 */
function eventStreamParser() {
  let rest = "";
  let afterCr = false;
  let event = "";
  let data = [];
  return (chunk) => {
    const text = afterCr && chunk.startsWith("\n") ? chunk.slice(1) : chunk;
    afterCr = text.endsWith("\r");
    const lines = (rest + text).split(/\r\n|\r|\n/);
    rest = lines.pop();
    const messages = [];
    for (const line of lines) {
      const [field] = line.split(":", 1);
      const value = line.slice(field.length + 1);
      if (field === "event") {
        event = value.replace(/^ /, "");
      } else if (field === "data") {
        data.push(value.replace(/^ /, ""));
      } else if (line === "") {
        if (data.length > 0) {
          messages.push({ event, data: data.join("\n") });
        }
        event = "";
        data = [];
      }
    }
    return messages;
  };
}

/** Other clients send candidates as strings, some of which contain the JSON of the object. */
function candidateInit(candidate) {
  if (typeof candidate !== "string") {
    return candidate;
  }
  return candidate.startsWith("{") ? JSON.parse(candidate) : { candidate, sdpMLineIndex: 0 };
}

function deferred() {
  const settles = {};
  settles.promise = new Promise((resolve, reject) => Object.assign(settles, { resolve, reject }));
  settles.promise.catch(() => {}); // no unhandled rejection if the promise is not used
  return settles;
}

/**
 * Waits until the data channels are open, shortly after the connection; without data channels it returns at once. It reads their
 * states from the statistics, which agree with what the page observes. The state of the SCTP transport can be ahead of that, or in
 * Chromium never change.
 */
async function dataReady(pc) {
  const isOpening = ({ type, state }) => type === "data-channel" && state === "connecting";
  while (pc.connectionState === "connected" && Array.from((await pc.getStats()).values()).some(isOpening)) {
    await pause(BATCH_MS);
  }
}

/** The fingerprints of a peer's certificates (RFC 8122), which are constant for one RTCPeerConnection. */
function fingerprints(sdp) {
  const found = Array.from(sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gm), ([, fingerprint]) => fingerprint.toLowerCase());
  return [...new Set(found)].sort().join();
}

/** The origin of this page or worker; undefined in Node, and for a page that is a file. */
function ownOrigin() {
  return [globalThis.origin, globalThis.location?.origin].find((origin) => /^[\w+.-]+:\/\/./.test(origin));
}

/** Whether a request without added headers gets a reply. */
async function loads(url, mode) {
  try {
    await fetch(url, { mode, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(REQUEST_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Whether an image can be loaded, which needs no permission by CORS. */
async function shows(url) {
  const image = new Image();
  image.src = `${url}?${Date.now()}`;
  return Promise.race([
    image.decode().then(
      () => true,
      () => false,
    ),
    pause(REQUEST_MS),
  ]);
}

function json(response) {
  return response.status === 204 ? null : response.json();
}

/** A session with its entity tag. A compressing proxy makes the tag weak, which If-Match would never match. */
async function withTag(response) {
  return { ...(await response.json()), tag: response.headers.get("ETag")?.replace(/^W\//, "") };
}

function query(parameters) {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return set.length === 0 ? "" : `?${new URLSearchParams(set)}`;
}

/** A random secret or name: base64url without padding. */
function random(bytes) {
  const bits = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...bits)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Delay before the next retry in milliseconds: exponential, with jitter, and not less than `Retry-After`. */
function backoff(attempt, { retryAfter = 0 }) {
  const [min, max] = BACKOFF_MS;
  const most = Math.min(max, min * 2 ** (attempt - 1));
  return Math.max(retryAfter * 1_000, most / 2) + (Math.random() * most) / 2;
}

function pause(millis, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, millis);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}

async function refusal(response, key) {
  const problem = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
  if (response.status === 401 && key && !problem.type?.startsWith(PROBLEM)) {
    problem.detail = "The key is invalid, expired or revoked; ask the operator of this site for a new one.";
  }
  const retryAfter = Number.parseInt(response.headers.get("Retry-After"), 10);
  return new ParleyError({
    title: response.statusText || undefined,
    ...problem,
    status: response.status,
    retryAfter: Number.isNaN(retryAfter) ? undefined : retryAfter,
  });
}

function unreachable(cause, late) {
  const detail = late ? "The service did not answer in time." : "The service cannot be reached.";
  return new ParleyError({ type: `${PROBLEM}unreachable`, title: "Unreachable", detail }, { cause });
}

function originRefused({ origin }, cause) {
  const page = ownOrigin() ?? "a file";
  const detail = `The service at ${origin} does not allow pages of ${page}; its operator can add them to parley.cors.origins.`;
  return new ParleyError({ type: `${PROBLEM}origin-refused`, title: "Origin not allowed", status: 403, detail }, { cause });
}

function badCode(code) {
  return new ParleyError({
    type: `${PROBLEM}out-of-bounds`,
    title: "Out of bounds",
    status: 422,
    field: "code",
    detail: `code must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, and neither . nor .. (was ${JSON.stringify(code)})`,
  });
}

/** Translates a refusal of the service into its meaning for a guest. */
function guestRefusal(error) {
  if (error.status === 404) {
    return noSession(error);
  }
  const taken = error.status === 409 || error.type === `${PROBLEM}session-token-refused`;
  return taken ? hasGuest(error) : error;
}

function noSession(cause) {
  return new ParleyError(
    {
      type: `${PROBLEM}session-not-found`,
      title: "Session not found",
      status: 404,
      detail: "The session has expired or was closed, or never existed; ask for a new link.",
    },
    { cause },
  );
}

function hasGuest(cause) {
  return new ParleyError(
    {
      type: `${PROBLEM}already-answered`,
      title: "Already answered",
      status: 409,
      detail: "This session already has a guest; ask for a new link, or find another session.",
    },
    { cause },
  );
}

function differentPeer() {
  return new ParleyError({
    type: `${PROBLEM}somebody-else`,
    title: "Different peer",
    status: 409,
    detail: "The session had expired, and a different peer uses its code now; ask for a new link.",
  });
}

function otherGeneration(generation) {
  return new ParleyError({
    type: `${PROBLEM}other-generation`,
    title: "Other generation",
    status: 412,
    detail: `Generation ${generation} is current, and its offer was made by another client; host a new session.`,
  });
}

function noPath() {
  return new ParleyError({
    type: `${PROBLEM}no-way`,
    title: "No network path",
    detail: "No network path between the two devices was found; try another network, or ask the operator for a TURN server.",
  });
}
