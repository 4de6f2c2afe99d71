import { CODE_BYTES, TOKEN_BYTES, random } from "./codes.js";
import { joinedElsewhere, noPeerConnection, noReply, roomFull } from "./errors.js";
import { Listings, requireTopic } from "./find.js";
import { LEASE_S } from "./link.js";
import { deferred, emit, pause, unless, within } from "./timing.js";

/** A member that no lease ends is absent after this time, and extends its presence after the second one. */
const TTL_S = 30;
const EXTEND_MS = 10_000;
/** Minimum delay before a lost connection to a member is made again. */
const RETRY_MS = 1_000;
/** Time to list a presence or to connect two members, and maximum delay before a member that could not be added is tried again. */
const ATTEMPT_MS = 30_000;
const PEERS_MAX = 8;
const PRESENT = "present";
const CHANNEL = { negotiated: true, id: 200 };

/**
 * A mesh: each member has a connection to each other one.
 *
 * Each member opens a session that nobody answers, its presence, with its data as the offer. It is listed under the room's topic as
 * long as the member is there. Of two members, the one with the greater code opens a session with a tag for the other one, which
 * answers it. So the two never make offers at the same time, in whichever order they join.
 */
export class Room extends EventTarget {
  #parley;
  #connection;
  #topic;
  #options;
  #presence;
  #token = random(TOKEN_BYTES);
  #over = new AbortController();
  #signal = this.#over.signal;
  #listings;
  #opening = Promise.resolve();
  #peers = new Map();
  /** The presences of members that could not be added. */
  #failed = new Set();
  #wake = deferred();

  /** Called by `room` only. */
  constructor(parley, connection, topic, { peerId = random(CODE_BYTES), max = PEERS_MAX, data = null, signal, ...options }) {
    super();
    requireTopic(topic);
    if (!options.makePc && !globalThis.RTCPeerConnection) {
      throw noPeerConnection();
    }
    this.#parley = parley;
    this.#connection = connection;
    this.#topic = `room ${topic}`;
    this.#options = { ...options, max };
    const offer = JSON.stringify(data);
    this.#presence = { code: random(CODE_BYTES), topic: this.#topic, peerId, offer, tags: [PRESENT], ttl: TTL_S };
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => this.#end(null, signal.reason), { signal: this.#signal });
    // A page that the browser keeps opens its presence again when it is shown.
    globalThis.addEventListener?.("pagehide", ({ persisted }) => persisted || this.close(), { signal: this.#signal });
  }

  /** The name of this member. */
  get peerId() {
    return this.#presence.peerId;
  }

  /** The other members. */
  get peers() {
    return [...this.#peers.values()];
  }

  get closed() {
    return this.#signal.aborted;
  }

  get #code() {
    return this.#presence.code;
  }

  /** Sends data to all connected members. */
  send(data) {
    for (const { channel } of this.peers) {
      if (channel.readyState === "open") {
        channel.send(data);
      }
    }
  }

  /** Leaves the room, and closes its connections. */
  close() {
    this.#end(null);
  }

  /** Becomes a member. */
  async enter() {
    const failed = (error) => this.#end(error);
    try {
      this.#listings = new Listings(this.#connection, this.#topic, this.#signal);
      await this.#listings.changed;
      await this.#openPresence();
      this.#members();
    } catch (error) {
      failed(error);
      throw error;
    }
    this.#follow().catch(failed);
    this.#extendPresence().catch(failed);
  }

  /**
   * Returns the newest presence of each member: of those that have joined first, at most `max`. Throws if this member is listed and not
   * among them.
   */
  #members() {
    const { max } = this.#options;
    const presences = this.#tagged(PRESENT).map((presence) => [presence.peerId, presence]);
    const members = new Map([...new Map(presences)].slice(0, max));
    const own = members.get(this.peerId);
    if (own && own.code !== this.#code) {
      throw joinedElsewhere();
    }
    if (!own && this.#listings.has(this.#code)) {
      throw roomFull(max);
    }
    return members;
  }

  /** Opens the presence of this member, and waits until it is listed. */
  async #openPresence() {
    this.#opening = this.#request("open", { lease: LEASE_S, body: this.#presence });
    const listed = this.#opening.then(async () => {
      while (!this.#listings.has(this.#code)) {
        await this.#listings.changed;
      }
    });
    await within(ATTEMPT_MS, listed, this.#signal, noReply);
  }

  async #extendPresence() {
    for (;;) {
      await pause(EXTEND_MS, this.#signal);
      await unless(404, this.#request("extend", { code: this.#code, body: { ttl: TTL_S } }));
    }
  }

  async #follow() {
    for (;;) {
      this.#wake = deferred();
      const { changed } = this.#listings;
      await this.#update();
      this.#signal.throwIfAborted();
      await Promise.race([changed, this.#wake.promise]);
    }
  }

  async #update() {
    this.#members();
    if (!this.#listings.has(this.#code)) {
      // It has expired while the service was out of reach, or a stranger has answered it.
      try {
        await unless(404, this.#request("close", { code: this.#code }));
        await this.#openPresence();
      } catch (error) {
        if (!error.passing) {
          throw error;
        }
        this.#wakeLater(RETRY_MS);
      }
    }
    const members = this.#members();
    members.delete(this.peerId);
    for (const peer of this.peers) {
      const member = members.get(peer.peerId);
      if (member ? member.code !== peer.code : peer.pc.connectionState !== "connected") {
        this.#drop(peer);
      }
    }
    for (const member of members.values()) {
      if (!this.#peers.has(member.peerId) && !this.#failed.has(member.code) && this.#peers.size < this.#options.max - 1) {
        await this.#add(member);
      }
    }
    const calls = this.#tagged(`to ${this.#code}`).map(({ peerId, code }) => [peerId, code]);
    // The newest of each host.
    for (const [host, code] of new Map(calls)) {
      const peer = this.peers.find((other) => other.code === host);
      if (peer && peer.pc.connectionState !== "connected" && peer.answered !== code) {
        await this.#answer(peer, code);
      }
    }
  }

  #tagged(tag) {
    return this.#listings.sessions.filter(({ tags }) => tags.includes(tag));
  }

  async #add({ code, peerId }) {
    let peer;
    try {
      const { body } = await this.#connection.request("read", { code }, { signal: this.#signal });
      const data = JSON.parse(body.offer);
      peer = new Peer(peerId, data, code, await this.#makePc({ peerId, data }));
      this.#signal.throwIfAborted();
    } catch (error) {
      peer?.close();
      if (error.status !== 404 && !this.closed) {
        this.#failed.add(code);
        this.#wakeLater(ATTEMPT_MS);
        emit(this, "problem", { peer: null, error });
      }
      return;
    }
    this.#peers.set(peerId, peer);
    peer.channel.addEventListener("close", () => this.#lose(peer));
    peer.pc.addEventListener("connectionstatechange", () => this.#wake.resolve());
    emit(this, "join", { peer });
    if (this.#code > code) {
      const tags = [`to ${code}`];
      this.#connect(peer, (options) =>
        this.#parley.host(peer.pc, { ...options, topic: this.#topic, tags, peerId: this.#code }),
      );
    }
  }

  async #makePc(member) {
    const { makePc, iceServers } = this.#options;
    return makePc ? makePc(member) : new RTCPeerConnection({ iceServers: iceServers ?? (await this.#parley.iceServers()) });
  }

  /** Answers the session that a member has opened for this one. */
  async #answer(host, code) {
    let peer = host;
    if (host.answered) {
      this.#drop(host); // it has lost the former connection
      await this.#add(host);
      peer = this.#peers.get(host.peerId);
    }
    if (peer) {
      peer.answered = code;
      this.#connect(peer, (options) => this.#parley.join(code, peer.pc, options));
    }
  }

  async #connect(peer, begin) {
    try {
      peer.session = await begin({ resume: false, signal: peer.signal });
      peer.session.addEventListener("closed", () => this.#lose(peer));
      await within(ATTEMPT_MS, peer.session.connected, peer.signal, noReply);
      emit(this, "peer", { peer });
    } catch (error) {
      if (!peer.signal.aborted) {
        emit(this, "problem", { peer, error });
      }
      this.#lose(peer);
    }
  }

  /** The connection to a member has ended; it is made again as long as the member is there. */
  #lose(peer) {
    this.#drop(peer);
    this.#wakeLater(RETRY_MS);
  }

  async #wakeLater(millis) {
    await pause(millis * (1 + Math.random()), this.#signal).catch(() => {});
    this.#failed.clear();
    this.#wake.resolve();
  }

  #drop(peer) {
    peer.close();
    if (this.#peers.get(peer.peerId) === peer) {
      this.#peers.delete(peer.peerId);
      emit(this, "leave", { peer });
    }
  }

  #request(op, fields) {
    return this.#connection.request(op, { token: this.#token, ...fields }, { signal: this.#signal, patience: Infinity });
  }

  /** Ends the presence of this member, and the connections. */
  #end(error, reason) {
    if (this.closed) {
      return;
    }
    this.#over.abort(reason);
    const fields = { code: this.#code, token: this.#token };
    const close = () => this.#connection.request("close", fields, { keepalive: true, patience: 0 });
    this.#opening.catch(() => {}).then(close).catch(() => {});
    this.peers.forEach((peer) => this.#drop(peer));
    emit(this, "closed", { error });
  }
}

/** Another member of a room, and the connection to it. */
class Peer {
  #over = new AbortController();
  signal = this.#over.signal;
  session = null;
  /** The code of the session that this member has answered. */
  answered = null;

  constructor(peerId, data, code, pc) {
    Object.assign(this, { peerId, data, code, pc, channel: pc.createDataChannel("room", CHANNEL) });
  }

  close() {
    this.#over.abort();
    this.pc.close();
  }
}
