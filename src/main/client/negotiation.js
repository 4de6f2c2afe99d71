import { deferred, pause } from "./timing.js";

/** A server that is down delays gathering by ten seconds and more, and encoders give up after eight. */
const GATHER_MS = 3_000;
/** Candidates are gathered in bursts; those gathered within this time are sent in one request. */
const BATCH_MS = 20;
const BATCH_MAX = 64;

/**
 * The offers of connections that have received no other one, and whose answers were refused. After the rollback of that offer,
 * Chromium makes none for data channels until they are negotiated. Without candidates and as a DTLS server, the connection sends
 * nothing to that host.
 */
const refusedOffers = new WeakMap();

/** One RTCPeerConnection: its descriptions, and the candidates of both sides. */
export class Negotiation {
  #post;
  #over = new AbortController();
  /** The ufrags of the latest local description; local candidates are sent after it is stored. */
  #ufrags = new Set();
  #first = deferred();
  #stored = this.#first.promise;
  #outbox = [];
  #posting = false;
  /** The latest local description as it was sent. */
  own = null;
  /** Whether there are changes that no local description has. */
  needed = false;

  /** @param hooks `post` sends local candidates and whether they are the last; `needed` and `changed` report events */
  constructor(pc, { post, needed, changed }) {
    this.pc = pc;
    this.#post = post;
    const listeners = {
      icecandidate: ({ candidate }) => this.#gathered(candidate),
      negotiationneeded: () => {
        this.needed = true;
        needed();
      },
      connectionstatechange: changed,
    };
    // RTCPeerConnections outside of browsers do not support the option `signal` of addEventListener.
    for (const [type, listener] of Object.entries(listeners)) {
      pc.addEventListener(type, listener);
      this.#over.signal.addEventListener("abort", () => pc.removeEventListener(type, listener));
    }
  }

  get isStable() {
    return this.pc.signalingState === "stable";
  }

  get isHealthy() {
    return this.pc.connectionState === "connected";
  }

  /** Ends the use of the connection. */
  release() {
    this.#over.abort();
  }

  /**
   * Creates a local description of `type`, and stores it with `store`. With `gather: "complete"` it has all candidates.
   *
   * An answer is applied after it is stored: the service may refuse it because another guest was faster, and a peer that had begun
   * to connect could have kept the host from connecting to that guest. A connected peer applies it before, since the other side may
   * send media when it has the answer.
   */
  describe(type, store, { iceRestart = false, gather } = {}) {
    const stored = (async () => {
      const anew = type === "offer" && (await this.#negotiateRefused());
      // Not every implementation supports setLocalDescription() without an argument.
      const made = await (type === "offer" ? this.pc.createOffer({ iceRestart: iceRestart || anew }) : this.pc.createAnswer());
      if (!/^m=/m.test(made.sdp)) {
        throw new TypeError("The connection has no data channel and no track; add one before.");
      }
      if (type === "answer" && gather !== "complete" && !this.isHealthy) {
        return this.#applyStored(made, store);
      }
      await this.#apply(made);
      if (gather === "complete") {
        await this.#gatheredAll();
      }
      this.#identify(this.pc.localDescription);
      return await store(this.own);
    })();
    this.#stored = stored.catch(() => {});
    this.#first.resolve(this.#stored);
    return stored;
  }

  async #applyStored(made, store) {
    this.#identify(made);
    try {
      await store(made.sdp);
    } catch (error) {
      // An answer without a reply may have been stored.
      await (error.passing ? this.#apply(made) : this.#refuse(made));
      throw error;
    }
    await this.#apply(made);
  }

  async #apply(made) {
    await this.pc.setLocalDescription(made);
    this.needed = false;
  }

  /** Rolls back the remote offer, so that the connection can be used with another peer. */
  async #refuse(made) {
    const { sdp } = this.pc.remoteDescription;
    try {
      await this.pc.setRemoteDescription({ type: "rollback" });
    } catch {
      await this.#apply(made).catch(() => {}); // rollback is not supported, or the connection is closed
      return;
    }
    if (!this.pc.remoteDescription) {
      const bare = sdp.replace(/^a=(candidate|end-of-candidates).*\r?\n/gm, "");
      refusedOffers.set(this.pc, bare.replace(/^a=setup:.*$/gm, "a=setup:active"));
    }
  }

  /** Answers a refused offer on this side only, if the connection has no other description; returns whether it has. */
  async #negotiateRefused() {
    const sdp = refusedOffers.get(this.pc);
    if (!sdp || this.pc.remoteDescription) {
      return false;
    }
    await this.pc.setRemoteDescription({ type: "offer", sdp });
    await this.#apply(await this.pc.createAnswer());
    return true;
  }

  #identify({ sdp }) {
    this.own = sdp;
    this.#ufrags = ufrags(sdp);
  }

  /** Rolls back an offer that will not be answered. */
  async rollBack() {
    if (this.pc.signalingState === "have-local-offer") {
      await this.pc.setLocalDescription({ type: "rollback" }).catch(() => {});
    }
  }

  /** Adds a remote candidate, or the end of candidates: whether it belongs to the remote description. */
  async add(candidate) {
    const init = candidate === undefined ? undefined : candidateInit(candidate);
    const ufrag = init?.usernameFragment;
    if (ufrag && !ufrags(this.pc.remoteDescription.sdp).has(ufrag)) {
      return false;
    }
    await this.pc.addIceCandidate(init);
    return true;
  }

  /**
   * Waits until the data channels are open, shortly after the connection; without data channels it returns at once. It reads their
   * states from the statistics, which agree with what the page observes. The state of the SCTP transport can be ahead of that, or
   * in Chromium never change.
   */
  async dataReady() {
    const isOpening = ({ type, state }) => type === "data-channel" && state === "connecting";
    while (this.isHealthy && Array.from((await this.pc.getStats()).values()).some(isOpening)) {
      await pause(BATCH_MS);
    }
  }

  async #gatheredAll() {
    const end = performance.now() + GATHER_MS;
    while (this.pc.iceGatheringState !== "complete" && !this.#over.signal.aborted && performance.now() < end) {
      await pause(BATCH_MS);
    }
  }

  /** A local candidate, or null after the last one. */
  #gathered(candidate) {
    if (candidate?.candidate === "") {
      return; // end of one medium; null follows after the last one
    }
    this.#outbox.push({ candidate, ufrags: this.#ufrags });
    this.#postAll();
  }

  async #postAll() {
    if (this.#posting) {
      return;
    }
    this.#posting = true;
    await pause(BATCH_MS);
    while (this.#outbox.length > 0 && !this.#over.signal.aborted) {
      await this.#stored;
      const batch = this.#outbox.splice(0, BATCH_MAX).filter((entry) => this.#isCurrent(entry));
      const candidates = batch.flatMap((entry) => entry.candidate ?? []);
      if (batch.length > 0) {
        await this.#post(candidates, candidates.length < batch.length);
      }
    }
    this.#posting = false;
  }

  /** Whether a candidate belongs to the latest local description; an ICE restart invalidates the others. */
  #isCurrent({ candidate, ufrags }) {
    return candidate?.usernameFragment ? this.#ufrags.has(candidate.usernameFragment) : ufrags === this.#ufrags;
  }
}

function ufrags(sdp) {
  return valuesOf(sdp, "ice-ufrag");
}

/** The different values of an attribute. */
function valuesOf(sdp, attribute) {
  return new Set(sdp.match(new RegExp(`(?<=^a=${attribute}:).+`, "gm")));
}

/**
 * Other clients send candidates as strings, some of which contain the JSON of the object. node-datachannel sends none of the indexes that
 * @roamhq/wrtc requires.
 */
function candidateInit(candidate) {
  const isText = typeof candidate === "string";
  const init = isText && candidate.startsWith("{") ? JSON.parse(candidate) : isText ? { candidate } : candidate;
  return { ...init, sdpMLineIndex: init.sdpMLineIndex ?? 0 };
}

/** The fingerprints of a peer's certificates (RFC 8122), which are constant for one RTCPeerConnection. */
export function fingerprints(sdp) {
  return [...valuesOf(sdp.toLowerCase(), "fingerprint")].sort().join();
}

/** Without the groups of sources that are not declared: FFmpeg 9 offers such, and Chromium rejects them. */
export function withoutUndeclared(sdp) {
  const isDeclared = (id) => sdp.includes(`a=ssrc:${id} `);
  return sdp.replace(/^a=ssrc-group:\S+ (.+)\r?\n/gm, (group, ids) => (ids.split(" ").every(isDeclared) ? group : ""));
}
