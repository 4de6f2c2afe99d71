/**
 * Parley in a browser: two WebRTC peers meet, in a few lines.
 *
 *   import { Parley } from "https://parley.example/parley.js";
 *   const parley = new Parley("https://parley.example", { topic: "chess" });
 *   const session = await parley.host(pc);         // here: session.code, session.shareLink()
 *   const session = await parley.join(code, pc);   // there
 *   await session.connected;                       // both: data can be sent, and Parley is out of the way
 *
 * Read on with {@link Parley}, which speaks to the service, then {@link ParleySession}, which connects one
 * RTCPeerConnection, then `watch`, which learns what the other side says. parley.d.ts has the types.
 */

/** How long a caller's own call is tried again while the service does not answer. */
const PATIENCE_MS = 30_000;
/** A reply that takes longer than this is lost. */
const REPLY_MS = 10_000;
/** Tries come no faster than the first of these and no slower than the second. */
const BACKOFF_MS = [200, 5_000];
/** Candidates come in bursts; those of so short a time travel together. */
const BATCH_MS = 20;
const BATCH_MAX = 64;
const CODE_BYTES = 16;
const TOKEN_BYTES = 24;
/** How long the service is asked to hold a request while there is nothing new. */
const WAIT_S = 25;
/** An event stream opens at once and is never silent for long; one that is must be stuck in something between us. */
const STREAM_OPENS_MS = 5_000;
const STREAM_SILENCE_MS = 75_000;
/** A way of waiting that failed so often, though the service was there, is given up. */
const MISSES_MAX = 2;
/** So long a connected session listens on for better ways, unless the other side says before that there are no more. */
const LINGER_MS = 5_000;
/** ICE restarts in a row after which a connection that was lost is given up, and one that was never there. */
const RESTARTS_MAX = 3;
const RESTARTS_MAX_BEFORE = 1;
/** Time from the answer to the connection, after which the host restarts ICE; the guest gives up after twice as long. */
const CONNECT_MS = 30_000;
/** The share of the remaining time to live after which a side extends the session, and a random share on top. */
const EXTEND_AFTER = { offerer: 0.5, answerer: 0.7 };
const EXTEND_SPREAD = 0.1;
const EXTEND_MS_MIN = 3_000;
const TTL_MIN_S = 10;
/** Delays between a guest's requests for an expired session that its host may open again. */
const REOPENED_MS = [1_000, 60_000];
/** How inexact the clock of the service is known. */
const CLOCK_MS = 2_000;

const TRANSPORTS = ["sse", "long-poll", "poll"];
const CODE = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$/;
const NAMESPACE = /^[!-~]{1,512}$/;
const PROBLEM = "urn:parley:problem:";
const PASSING = new Set([0, 429, 502, 503, 504]);

/** What the service refused, as it said it (RFC 9457), or that it did not answer at all: then `status` is 0. */
export class ParleyError extends Error {
  constructor({ type = "about:blank", title = "Refused", status = 0, detail = title, field, retryAfter }, options) {
    super(detail, options);
    this.name = "ParleyError";
    this.type = type;
    this.title = title;
    this.status = status;
    this.detail = detail;
    this.field = field;
    /** In seconds, where the service said when to come back. */
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed a little later. */
  get passing() {
    return PASSING.has(this.status);
  }
}

/**
 * One service, as one user of it sees it. Bookmarks keep themselves: each reply's is sent with the next request, so that
 * whatever replica answers, nothing that this instance has seen or done is missing from what it is shown.
 *
 * Events: `session` when a `session` begins, for who is to miss nothing of it; `served` after each reply, with `node`,
 * `region`, `primary` and `bookmark`; `retry` before each further try, with `error`, `attempt` and `delay`.
 */
export class Parley extends EventTarget {
  #root;
  #base;
  #key;
  #namespace;
  /** Whether a reply was readable, which proves that the service allows the origin of this page. */
  #admitted = false;
  /** Milliseconds by which the clock of the service is ahead of ours. */
  #clockAhead = 0;
  #topic;
  #from;
  #bookmark = null;
  #patience;
  #pollInterval;
  #transports;
  #servedBy = null;

  /**
   * @param url where the service is; by default, where this file was loaded from
   * @param options
   *   key: a credential, sent as a bearer token;
   *   namespace: clients with the same one share sessions, where no key decides; by default the origin of the page;
   *   topic: where `host` and `find` are when they are not told otherwise;
   *   readFrom: what reads may use before there is a bookmark, "first-primary" (the default) or "first-unconstrained";
   *   transport: "sse", "long-poll" or "poll" and no other; by default the best that works;
   *   pollInterval: milliseconds between two looks where there is no better way, 1000;
   *   patience: milliseconds for which a call is tried again while the service does not answer, 30000
   */
  constructor(
    url = new URL(".", import.meta.url),
    { key, namespace = ownOrigin(), topic, readFrom, transport, pollInterval = 1_000, patience = PATIENCE_MS } = {},
  ) {
    super();
    if (transport !== undefined && !TRANSPORTS.includes(transport)) {
      throw new TypeError(`transport is one of ${TRANSPORTS.join(", ")}`);
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
   * Offers `pc` to whoever joins first. Give it what it is to carry before: a data channel, a track.
   *
   * @param pc an RTCPeerConnection
   * @param options
   *   topic, code, peerId, tags: how the session is found, its topic null for by its code only;
   *   ttl: seconds that it lives without being extended; it is extended until it is closed;
   *   stay: goes on listening once connected, so that either side's restart is noticed at once;
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
   * @returns {Promise<ParleySession>} as soon as the answer is kept
   */
  async join(code, pc, { stay, signal } = {}) {
    const session = this.#begin(pc, "answerer", code, { stay, signal });
    await session.enter();
    return session;
  }

  /** The sessions that wait under `topic` (null: under any), newest first: a page of the service's size, or `limit`. */
  async find(topic = this.#topic, { tag, limit, signal } = {}) {
    const { items } = await this.#call("GET", `sessions${query({ topic, tag, limit })}`, { signal });
    return items;
  }

  /** The topics under which sessions wait, with their number, in alphabetical order. */
  async topics({ prefix, limit, signal } = {}) {
    const { items } = await this.#call("GET", `topics${query({ prefix, limit })}`, { signal });
    return items;
  }

  /** STUN and TURN servers, for `new RTCPeerConnection({ iceServers })`. */
  async iceServers({ signal } = {}) {
    const { iceServers } = await this.#call("GET", "ice-servers", { signal });
    return iceServers;
  }

  /** How new all that this instance reads will be at least; null before the first reply. */
  getBookmark() {
    return this.#bookmark;
  }

  setBookmark(bookmark) {
    this.#bookmark = bookmark ?? null;
  }

  clearBookmark() {
    this.#bookmark = null;
  }

  /** The database node behind the latest reply: `{ node, region, primary }`; null before it. */
  get servedBy() {
    return this.#servedBy;
  }

  /**
   * `page` as a link that leads to the session of `code`. It carries the bookmark too, so that who follows it finds the
   * session on whichever replica. Both are in the fragment, which no server is sent.
   */
  shareLink(code, page = globalThis.location?.href) {
    const link = new URL(page, globalThis.document?.baseURI);
    link.hash = new URLSearchParams(this.#bookmark === null ? { code } : { code, bookmark: this.#bookmark });
    return link.href;
  }

  /** The code that a link carries, or null; a bookmark beside it is kept. */
  fromLink(link = globalThis.location?.href) {
    const carried = new URLSearchParams(new URL(link, globalThis.document?.baseURI).hash.slice(1));
    this.#keep(carried.get("bookmark"));
    return carried.get("code");
  }

  /** Bookmarks of one history sort as strings in commit order. Replies may overtake one another; the newest counts. */
  #keep(bookmark, reset = false) {
    if (bookmark && (reset || this.#bookmark === null || bookmark > this.#bookmark)) {
      this.#bookmark = bookmark;
    }
  }

  #begin(pc, side, code, options) {
    if (!CODE.test(code)) {
      throw badCode(code);
    }
    /** What a session needs of its service. */
    const service = {
      shareLink: (...link) => this.shareLink(...link),
      call: (...call) => this.#call(...call),
      now: () => Date.now() + this.#clockAhead,
      events: (path, after, { signal, onwait, onretry }) =>
        watch({
          ask: (seen, request) => this.#ask("GET", `${path}/events?after=${seen}`, request),
          keep: (bookmark) => this.#keep(bookmark),
          after,
          signal,
          onwait,
          onretry: (retry) => {
            this.#tell("retry", retry);
            onretry();
          },
          transports: this.#transports,
          pollInterval: this.#pollInterval,
        }),
    };
    const session = new ParleySession(service, pc, side, code, options);
    this.#tell("session", { session });
    return session;
  }

  /** A call that is tried again while what is wrong may pass. It must be one that changes nothing when it comes twice. */
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
        this.#tell("retry", { error, attempt, delay });
        await pause(delay, signal);
      }
    }
  }

  /** One request and what `read` makes of its reply; else a ParleyError, or the reason why `signal` aborted. */
  async #ask(method, path, { body, token, headers, keepalive, signal, within = REPLY_MS, read = json } = {}) {
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
        // A page's GET to where it is from brings no Origin; by this the service knows which page it is.
        referrerPolicy: "origin",
      });
      this.#heard(response.headers);
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
   * Whether the service is up and keeps its replies from this page. To a page, a refusal by CORS and a service that is down
   * are the same TypeError. A refused page cannot read even `/health`, but it can show the service's icon.
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

  #heard(headers) {
    this.#admitted = true;
    const date = Date.parse(headers.get("Date"));
    if (!Number.isNaN(date)) {
      this.#clockAhead = date - Date.now();
    }
    const bookmark = headers.get("x-d1-bookmark");
    if (bookmark) {
      this.#keep(bookmark, headers.get("x-bookmark-status") === "reset");
      this.#servedBy = {
        node: headers.get("x-served-by"),
        region: headers.get("x-served-by-region"),
        primary: headers.get("x-served-by-primary") === "true",
      };
      this.#tell("served", { ...this.#servedBy, bookmark });
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * One side of one session, and the RTCPeerConnection that it connects. The connection stays the caller's: a session
 * neither makes nor closes it.
 *
 * Until it is closed, a session is extended before it expires, by either side, so that a connection that breaks can be
 * restarted. If the session has expired all the same, because both sides slept or the service was down, the host opens it
 * again under the same code with the same token, and the guest looks for that code. A reopened session is not listed under
 * the topic, and each side accepts only the DTLS fingerprint of the peer that it had before.
 *
 * Events, of both sides, as they happen: `offer`, `answer`, `candidate` (with `candidate`), `end-of-candidates`, each with
 * `side` and `generation`, ours when the service has kept it, theirs when its turn has come; `connected`, `disconnected`,
 * `failed` (with the `error` to show); `waiting` with the `transport` in use; `problem` with an `error` after which it goes
 * on; `closed`, the last, with an `error` or null.
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
  #begun = settleable();
  #connected = settleable();
  #wasConnected = false;
  #restarts = 0;
  #deadline = null;
  /** Once it has begun, it lasts as long as the session, whether or not the service can be reached for a while. */
  #patience;

  /** What the host opens the session with, when it was opened, when it expires and how many seconds it lives. */
  #request = {};
  #createdAt = null;
  #expiresAt = null;
  #lifetime = 0;
  #ttl;
  #reviving = null;

  /** The other side's DTLS fingerprints, and whether its next description must have the same. */
  #partner = null;
  #mustBePartner = false;

  /** The last event seen, and the turn of the next: each is dealt with when the one before is. */
  #seen = 0;
  #turn = Promise.resolve();
  #listening = null;
  #transport = null;

  /** The offer that counts, that for which their description is in place, and that for which they have no more candidates. */
  #generation = 0;
  #described = 0;
  #ended = 0;
  /** Their candidates that came before their description. */
  #early = [];

  /** Our latest description as it went to the service, and the ufrags in it; our candidates wait until it is kept. */
  #own = null;
  #ufrags = new Set();
  #kept = Promise.resolve();
  #outbox = [];
  #posting = false;
  #negotiating = Promise.resolve();

  /** Not to be called: `host` and `join` do. */
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
    // Connections outside of browsers do not know the option `signal` of addEventListener.
    this.#over.signal.addEventListener("abort", () => {
      pc.removeEventListener("icecandidate", gathered);
      pc.removeEventListener("connectionstatechange", changed);
    });
  }

  get code() {
    return this.#code;
  }

  /** "offerer", who hosts, or "answerer", who joined. */
  get side() {
    return this.#side;
  }

  /** 1 for the first offer, one more for each new one. */
  get generation() {
    return this.#generation;
  }

  /** How it waits for the other side: "sse", "long-poll" or "poll"; null while it does not. */
  get transport() {
    return this.#transport;
  }

  /** When it expires, as the service says; null before it does. */
  get expiresAt() {
    return this.#expiresAt;
  }

  get closed() {
    return this.#over.signal.aborted;
  }

  /**
   * Resolves when the two are connected and data channels that both created (`negotiated: true`), or this side alone, are
   * open. Rejects with the reason if the session ends before.
   */
  get connected() {
    return this.#connected.promise;
  }

  /** A link to this session, as Parley's `shareLink`. */
  shareLink(page) {
    return this.#service.shareLink(this.#code, page);
  }

  /** Restarts ICE. The host does so by itself when the connection has failed. */
  async restart() {
    await this.#negotiate({ iceRestart: true });
  }

  /** Makes a new offer, after tracks or channels were added. Only the host makes offers; the guest, while it listens, follows. */
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

  /** The host's beginning. */
  async open(request) {
    this.#request = request;
    try {
      this.#signal.throwIfAborted();
      // An offer that the service has refused still stands, and is made once more.
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

  /** The guest's beginning. */
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
    setTimeout(this.#begun.resolve); // when the caller has it in hand
  }

  /** Opens the session, or opens it again: then for the guest that it had, if it had one. */
  async #create(offer) {
    const { topic, tags, ...unlisted } = this.#request;
    const request = this.#partner === null ? this.#request : unlisted;
    const opened = await this.#call("POST", "sessions", { body: { ...request, code: this.#code, offer } });
    this.#startOver(opened.seq);
    return opened;
  }

  /** Forgets what belongs to the former session of this code. The next event is the one behind `seq`. */
  #startOver(seq) {
    this.#hush();
    this.#seen = seq;
    this.#described = 0;
    this.#ended = 0;
    this.#early = [];
    this.#mustBePartner = this.#partner !== null;
  }

  /** Answers the session as it is now. False where a new offer came in between. */
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

  /** Takes an offer and answers it. False where it has been replaced meanwhile: the one that counts is still to come. */
  async #follow(generation, offer, candidates = [], end = false) {
    this.#generation = generation;
    await this.#understand("offer", offer);
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
      await this.#takeBack();
      if (error instanceof ParleyError && !this.#isHealthy) {
        this.#end(error);
      }
      throw error;
    }
    this.#listen();
  }

  /**
   * Has the service replace the current offer, or open the session again if it is gone. What the other side does meanwhile
   * only makes us look again. An offer that we did not make means that somebody else has our token; it won, and ours is
   * taken back.
   */
  async #replaceOffer(offer) {
    for (let tag; ; ) {
      const state = await this.#unlessGone(this.#call("GET", this.#path, { read: withTag }));
      if (state === null) {
        return this.#create(offer);
      }
      if (state.offer === offer) {
        return state; // it arrived, only the reply did not
      }
      if (state.generation !== this.#generation) {
        throw otherGeneration(state.generation);
      }
      try {
        return await this.#call("PUT", `${this.#path}/offer`, { body: { offer }, headers: { "If-Match": state.tag } });
      } catch (error) {
        // A state that has not changed and is refused all the same would be refused for ever.
        if (error.status !== 404 && (error.status !== 412 || state.tag === tag)) {
          throw error;
        }
        tag = state.tag;
      }
    }
  }

  /** Makes our description, and has the service keep it. */
  async #describe(keep, { iceRestart = false } = {}) {
    const kept = (async () => {
      // Not every implementation has setLocalDescription() without an argument.
      const made = await (this.#side === "offerer" ? this.#pc.createOffer({ iceRestart }) : this.#pc.createAnswer());
      if (!/^m=/m.test(made.sdp)) {
        throw new TypeError("The connection has nothing to carry: add a data channel or a track before.");
      }
      await this.#pc.setLocalDescription(made);
      const { type, sdp } = this.#pc.localDescription;
      this.#own = sdp;
      this.#ufrags = new Set(Array.from(sdp.matchAll(/^a=ice-ufrag:(\S+)/gm), ([, ufrag]) => ufrag));
      const reply = await keep(sdp);
      this.#generation = reply.generation;
      this.#lives(reply);
      this.#tell(type, { side: this.#side, generation: reply.generation });
      return reply;
    })();
    this.#kept = kept.catch(() => {});
    return kept;
  }

  /** An offer that nobody will answer is taken back, so that the connection is as it was. */
  async #takeBack() {
    if (this.#pc.signalingState === "have-local-offer") {
      await this.#pc.setLocalDescription({ type: "rollback" }).catch(() => {});
    }
  }

  /** Takes their description, and what came before it. It is told first, for with it the two may be connected at once. */
  async #understand(type, sdp) {
    const partner = fingerprints(sdp);
    if (this.#mustBePartner && partner !== this.#partner) {
      this.#abandon(somebodyElse());
      throw somebodyElse();
    }
    this.#partner = partner;
    this.#mustBePartner = false;
    this.#tell(type, { side: this.#otherSide, generation: this.#generation });
    await this.#pc.setRemoteDescription({ type, sdp });
    this.#described = this.#generation;
    if (type === "answer") {
      this.#expectConnection();
    }
    for (const event of this.#early.splice(0)) {
      if (event.generation === this.#generation) {
        await this.#add(event);
      }
    }
    if (this.#pc.connectionState === "connected") {
      this.#restSoon();
    }
  }

  /** Listens until the two are connected, and again when the connection breaks: the other side may offer new ways. */
  async #listen() {
    if (this.#listening || this.closed) {
      return;
    }
    const listening = (this.#listening = new AbortController());
    const signal = AbortSignal.any([this.#signal, listening.signal]);
    const onwait = (transport) => {
      this.#transport = transport;
      this.#tell("waiting", { transport });
    };
    const onretry = () => {
      if (this.#left < 0) {
        this.#hush();
        this.#listen();
      }
    };
    try {
      if (this.#left < 0) {
        await this.#extend(); // it may be gone, or another one by now
        signal.throwIfAborted();
      }
      for await (const event of this.#service.events(this.#path, this.#seen, { signal, onwait, onretry })) {
        this.#turn = this.#turn.catch(() => {}).then(() => this.#take(event));
        await this.#turn;
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      this.#hush();
      if (error.status === 404) {
        this.#gone();
      } else {
        this.#giveUp(error);
      }
    }
  }

  #hush() {
    this.#listening?.abort();
    this.#listening = null;
    this.#transport = null;
  }

  async #restSoon() {
    await pause(this.#ended === this.#generation ? 0 : LINGER_MS, this.#signal).catch(() => {});
    this.#rest();
  }

  /** Listens no more, if all is said and the two are connected. */
  #rest() {
    const settled = this.#pc.connectionState === "connected" && this.#pc.signalingState === "stable";
    if (settled && !this.#stay) {
      this.#hush();
    }
  }

  /** Each event once, in the order of their numbers. */
  async #take({ seq, type, side, generation, offer, answer, candidate }) {
    if (seq <= this.#seen || this.closed) {
      return;
    }
    this.#seen = seq;
    if (type === "closed") {
      this.#end(this.#pc.connectionState === "failed" ? noWay() : null);
    } else if (side === this.#side) {
      this.#recognise(type, generation, offer);
    } else if (type === "offer" && generation > this.#generation) {
      await this.#follow(generation, offer);
    } else if (generation !== this.#generation) {
      return; // it belongs to an offer that has been replaced
    } else if (type === "answer") {
      await this.#understand("answer", answer);
    } else {
      await this.#add({ type, generation, candidate });
    }
  }

  /** What we said ourselves. An offer may come back before the reply to it. */
  #recognise(type, generation, offer) {
    if (type === "offer" && generation > this.#generation) {
      this.#generation = generation;
      if (offer !== this.#own) {
        this.#end(otherGeneration(generation));
      }
    }
  }

  /** Takes one more of their candidates, or their last; it keeps those that come before their description. */
  async #add(event) {
    if (event.generation !== this.#described) {
      this.#early.push(event);
      return;
    }
    const { type, generation, candidate } = event;
    try {
      await this.#pc.addIceCandidate(type === "candidate" ? candidateInit(candidate) : undefined);
      this.#tell(type, { side: this.#otherSide, generation, candidate });
    } catch (error) {
      this.#tell("problem", { error });
    }
    if (type === "end-of-candidates") {
      this.#ended = generation;
      this.#rest();
    }
  }

  /** One more of our candidates, or null for the last. */
  #gathered(candidate) {
    if (candidate?.candidate === "") {
      return; // the last of one medium; null follows when there are no more at all
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
        await this.#kept;
        await this.#postBatch(this.#outbox.splice(0, BATCH_MAX).filter((entry) => this.#isCurrent(entry)));
      }
    } catch (error) {
      this.#lost(error);
    } finally {
      this.#posting = false;
    }
  }

  /** Whether a candidate belongs to our latest description; ICE restarts leave the others without a meaning. */
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
        return; // they belong to an offer that has been replaced
      }
      throw error;
    }
    for (const candidate of candidates) {
      this.#tell("candidate", { side: this.#side, generation, candidate: candidate.toJSON() });
    }
    if (end) {
      this.#tell("end-of-candidates", { side: this.#side, generation });
    }
  }

  /** The other side may have our answer, and connect, before we have the reply to it; nobody is told before it has begun. */
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
      this.#tell("connected");
      this.#restSoon();
    } else if (state === "disconnected" || state === "failed") {
      this.#tell(state, state === "failed" ? { error: noWay() } : null);
      this.#listen();
      if (state === "failed" && this.#side === "offerer") {
        this.#tryOtherWays();
      }
    }
  }

  #tryOtherWays() {
    if (this.#restarts++ < (this.#wasConnected ? RESTARTS_MAX : RESTARTS_MAX_BEFORE)) {
      this.restart().catch(() => {});
    } else {
      this.#abandon(noWay());
    }
  }

  /** Descriptions are exchanged. ICE alone does not always report a failure, such as where there is no candidate at all. */
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
      this.#tryOtherWays();
    } else if (!this.#wasConnected) {
      this.#end(noWay());
    }
  }

  /** Ends it without waiting for what the service says to that. */
  #abandon(error, reason) {
    this.#end(error, reason);
    this.#delete().catch(() => {});
  }

  /** Extends the session again and again. The guest comes later, and extends only what its host has not extended. */
  async #keepAlive() {
    try {
      for (;;) {
        const share = EXTEND_AFTER[this.#side] + EXTEND_SPREAD * Math.random();
        await pause(Math.max(this.#left * share, EXTEND_MS_MIN), this.#signal);
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
      this.#lives(state);
      if (this.#left > (this.#lifetime * 1_000) / 2) {
        return;
      }
    }
    const ttl = this.#ttl ?? Math.max(this.#lifetime, TTL_MIN_S);
    const extended = await this.#unlessGone(this.#call("PATCH", this.#path, { body: { ttl } }));
    if (extended === null) {
      await this.#gone();
    } else {
      this.#lives(extended);
    }
  }

  #lives({ expiresAt }) {
    this.#expiresAt = expiresAt;
    this.#lifetime = Math.max(this.#lifetime, Math.floor(this.#left / 1_000));
  }

  /** Milliseconds until the session expires. */
  get #left() {
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

  /** The service does not have this session any more. */
  #gone() {
    if (this.closed) {
      return null;
    }
    this.#hush();
    return (this.#reviving ??= this.#revive().finally(() => (this.#reviving = null)));
  }

  async #revive() {
    try {
      await (this.#side === "offerer" ? this.restart() : this.#findAgain());
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** Answers the session that the host has opened again, or waits until it has. */
  async #findAgain() {
    const [min, max] = REOPENED_MS;
    for (let delay = min; ; delay = Math.min(2 * delay, max)) {
      const answered = await this.#unlessGone(this.#answerCurrent());
      if (answered) {
        this.#listen();
        return;
      }
      if (answered === null && this.#left > CLOCK_MS) {
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
        // It may be the last that a page does.
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

  /** Signaling that is refused does not end a healthy connection; it is tried again when that breaks. */
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
      this.#tell("problem", { error });
    }
  }

  #end(error, reason = error ?? new DOMException("The session is closed.", "AbortError")) {
    if (this.closed) {
      return;
    }
    this.#over.abort(reason);
    this.#hush();
    this.#connected.reject(reason);
    this.#tell("closed", { error });
  }

  get #otherSide() {
    return this.#side === "offerer" ? "answerer" : "offerer";
  }

  #mustOffer() {
    if (this.#side !== "offerer") {
      throw new DOMException("Only the host makes offers; the guest follows them.", "InvalidStateError");
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** There is no such way of waiting here. */
class Unsupported extends Error {}

/**
 * The events of a session behind number `after`, as they come, until `signal` aborts. It waits in the best way that works;
 * when one fails, a plain look tells whether it was the way or the whole service, so that nothing is missed for long.
 *
 * @param ask asks for the events behind a number, with headers, a deadline and a reader of the reply
 * @param keep is given the bookmarks that no header carries
 * @param transports the ways that may still work, the best first; those that do not are taken out
 */
async function* watch({ ask, keep, after, signal, onwait, onretry, transports, pollInterval }) {
  let failures = 0;
  let misses = 0;
  let plain = false;
  let told = null;
  for (;;) {
    const transport = plain ? "poll" : transports[0];
    if (!plain && transport !== told) {
      onwait((told = transport));
    }
    const began = performance.now();
    let fruitful = false;
    const works = () => {
      failures = 0;
      misses = plain ? misses : 0;
    };
    try {
      for await (const event of LOOKS[transport]({ ask, keep, after, signal, works })) {
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
      // A service that is too busy to hold a request says so; whatever else ends one may be something in between.
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

/** How the events behind a number are asked for, one request each. `works` is called when the way has proved itself. */
const LOOKS = {
  async *poll({ ask, after, signal, works }) {
    const { events } = await ask(after, { signal });
    works();
    yield* events;
  },

  async *"long-poll"({ ask, after, signal, works }) {
    const read = async (response) => ({ held: response.headers.has("Preference-Applied"), ...(await response.json()) });
    const within = WAIT_S * 1_000 + REPLY_MS;
    const { events, held } = await ask(after, { headers: { Prefer: `wait=${WAIT_S}` }, signal, within, read });
    works();
    yield* events;
    if (!held) {
      throw new Unsupported("This service does not hold a request until there is something new.");
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
      throw new Unsupported("This service has no event streams.");
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
 * A function that is called with each chunk of an event stream and returns the messages that it completes (HTML standard,
 * section 9.2.6). Lines end at CR, LF or CRLF and nowhere else; a CR and its LF may come in two chunks.
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

/** Other clients send candidates as strings, some of them the JSON of the object. */
function candidateInit(candidate) {
  if (typeof candidate !== "string") {
    return candidate;
  }
  return candidate.startsWith("{") ? JSON.parse(candidate) : { candidate, sdpMLineIndex: 0 };
}

function settleable() {
  const settles = {};
  settles.promise = new Promise((resolve, reject) => Object.assign(settles, { resolve, reject }));
  settles.promise.catch(() => {}); // it may be that nobody asks
  return settles;
}

/**
 * Waits until the data channels are open, shortly after the connection. Statistics have their states: those of a browser are
 * no newer than what a page sees, whereas the state of the SCTP transport can be ahead of it, or in Chromium stay behind for
 * good. Without data channels nothing is awaited.
 */
async function dataReady(pc) {
  const isOpening = ({ type, state }) => type === "data-channel" && state === "connecting";
  while (pc.connectionState === "connected" && Array.from((await pc.getStats()).values()).some(isOpening)) {
    await pause(BATCH_MS);
  }
}

/** The certificates of a peer, by their fingerprints (RFC 8122): the same as long as its RTCPeerConnection is. */
function fingerprints(sdp) {
  const found = Array.from(sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gm), ([, fingerprint]) => fingerprint.toLowerCase());
  return [...new Set(found)].sort().join();
}

/** The origin of this page or worker; undefined where there is none: in Node, and for a page that is a file. */
function ownOrigin() {
  return [globalThis.origin, globalThis.location?.origin].find((origin) => /^[\w+.-]+:\/\/./.test(origin));
}

/** Whether a request without headers of ours gets a reply. */
async function loads(url, mode) {
  try {
    await fetch(url, { mode, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(REPLY_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Whether an image can be loaded, for which no page needs a permission of its service. */
async function shows(url) {
  const image = new Image();
  image.src = `${url}?${Date.now()}`;
  return Promise.race([
    image.decode().then(
      () => true,
      () => false,
    ),
    pause(REPLY_MS),
  ]);
}

function json(response) {
  return response.status === 204 ? null : response.json();
}

/** A session with its entity tag. A proxy that compresses makes the tag a weak one, which If-Match never matches. */
async function withTag(response) {
  return { ...(await response.json()), tag: response.headers.get("ETag")?.replace(/^W\//, "") };
}

function query(parameters) {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return set.length === 0 ? "" : `?${new URLSearchParams(set)}`;
}

/** A new secret, or a name that nobody guesses: base64url without padding. */
function random(bytes) {
  const bits = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...bits)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Milliseconds before the next try: more each time, not the same for all, and never fewer than the service asked for. */
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
    problem.detail = "The key is wrong, has expired or was revoked; ask the operator of this site for a new one.";
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
    title: "A field is out of bounds",
    status: 422,
    field: "code",
    detail: `code must be 1 to 128 of A-Z a-z 0-9 . _ ~ -, and neither . nor .. (was ${JSON.stringify(code)})`,
  });
}

/** What a refusal of the service means to a guest. */
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
      detail: "The session has expired or was closed, or there never was one with this code; ask for a new link.",
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
      detail: "This session already has a guest; ask for a new link, or look for another session.",
    },
    { cause },
  );
}

function somebodyElse() {
  return new ParleyError({
    type: `${PROBLEM}somebody-else`,
    title: "Another peer",
    status: 409,
    detail: "The session had expired, and another peer than before has taken its code; ask for a new link.",
  });
}

function otherGeneration(generation) {
  return new ParleyError({
    type: `${PROBLEM}other-generation`,
    title: "Another generation is current",
    status: 412,
    detail: `Generation ${generation} is current, and its offer is not ours; host anew.`,
  });
}

function noWay() {
  return new ParleyError({
    type: `${PROBLEM}no-way`,
    title: "No way between the peers",
    detail: "No network path between the two devices was found; try another network, or ask this site for a TURN server.",
  });
}
