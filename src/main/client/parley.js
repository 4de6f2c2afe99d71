/**
 * Client of Parley: connects two RTCPeerConnections.
 *
 *   import { Parley } from "https://parley.example/parley.js";
 *   const parley = new Parley("https://parley.example", { topic: "chess" });
 *   const session = await parley.host(pc);         // one side: session.code, session.shareLink()
 *   const session = await parley.join(code, pc);   // the other side
 *   await session.connected;                       // both: data can be sent, without Parley
 *
 * {@link Parley} is a service, {@link ParleySession} connects one RTCPeerConnection, and `Connection` carries the requests and events of
 * all sessions. parley.d.ts describes the public members, options and events.
 */

import { CODE, CODE_BYTES, random } from "./codes.js";
import { Connection } from "./connection.js";
import { badCode, isOver, noPeerConnection } from "./errors.js";
import { findWaiting } from "./find.js";
import { meet } from "./meet.js";
import { ownOrigin } from "./origin.js";
import { claim } from "./resume.js";
import { Room } from "./room.js";
import { Serving } from "./serve.js";
import { ParleySession } from "./session.js";
import { emit } from "./timing.js";

export { ParleyError } from "./errors.js";
export { Room } from "./room.js";
export { Serving } from "./serve.js";
export { ParleySession } from "./session.js";

/** A link may have anything in its place, and the service would refuse each request with it. */
const BOOKMARK = /^2-[0-9a-f]{24}-[0-9a-f]{16}$/;
const NAMESPACE = /^[!-~]{1,512}$/;

/**
 * A client of one service. The bookmark of each reply is sent with the next request, so that every reply, from whichever replica,
 * includes everything that this instance has read or written.
 */
export class Parley extends EventTarget {
  #connection;
  #topic;
  /** Names the service and the namespace in the sessionStorage. */
  #scope;

  constructor(
    url = import.meta.url.replace(/[^/]*$/, ""), // not `new URL(".", …)`, for which bundlers add a second copy of this file
    { topic, namespace = ownOrigin(), ...options } = {},
  ) {
    super();
    if (namespace !== undefined && !NAMESPACE.test(namespace)) {
      throw new TypeError("namespace must be 1 to 512 visible ASCII characters");
    }
    const root = new URL(new URL(url, globalThis.document?.baseURI).href.replace(/\/?$/, "/"));
    if (!/^https?:$/.test(root.protocol)) {
      throw new TypeError(`url must be an http or https address (was ${root.href})`);
    }
    this.#connection = new Connection({ ...options, root, namespace, emit: (type, detail) => emit(this, type, detail) });
    this.#topic = topic;
    this.#scope = `${namespace ?? ""}@${root.href}`;
  }

  /**
   * Offers a connection to the first peer that joins. A page that was reloaded continues its session, if the guest is still there;
   * otherwise it hosts anew.
   */
  async host(connection, { topic = this.#topic, code, peerId, tags, ttl, ...options } = {}) {
    const request = { topic: topic ?? undefined, peerId, tags, ttl };
    const fits = (kept) => (code ? kept.code === code : JSON.stringify(kept.request) === JSON.stringify(request));
    return this.#begin("offerer", code ?? random(CODE_BYTES), connection, { ...options, ttl, request }, fits);
  }

  /** Answers the session of `code`. */
  async join(code, connection, options = {}) {
    return this.#begin("answerer", code, connection, options, (kept) => kept.code === code);
  }

  /**
   * Continues the latest session of this tab after a reload of the page, whichever side it was.
   *
   * @param options `fits` selects among the kept sessions, and `claimed` is called when there is one; both are for {@link Serving}
   */
  async resume(connection, { topic = this.#topic, fits = () => true, claimed, ...options } = {}) {
    const kept = await claim(this.#scope, (former) => (topic == null || former.request.topic === topic) && fits(former));
    if (kept === null) {
      return null;
    }
    claimed?.();
    const { side, code, request } = kept;
    try {
      return await this.#begin(side, code, connection, { ...request, ...options, kept, request });
    } catch (error) {
      if (isOver(error)) {
        return null;
      }
      throw error;
    }
  }

  /** Connects to another peer that calls this under the same topic, in either order. */
  meet(topic, connection, options = {}) {
    return meet(this, this.#connection, topic, connection, options);
  }

  /** Hosts any number of guests under `topic`, one after another or at once. */
  serve(topic, makePc, options = {}) {
    return new Serving(this, this.#connection, topic, typeof makePc === "function" ? { ...options, makePc } : makePc);
  }

  /** Joins a room: a mesh in which each member is connected to each other one. */
  async room(topic, options = {}) {
    const room = new Room(this, this.#connection, topic, options);
    await room.enter();
    return room;
  }

  /** The unanswered sessions of `topic` (null: of all topics), newest first. */
  async find(topic = this.#topic, { tag, limit, wait, signal } = {}) {
    const find = async () => {
      const { body } = await this.#connection.request("find", { topic: topic ?? undefined, tag, limit }, { signal });
      return body.items;
    };
    return wait ? findWaiting(this.#connection, topic, { tag, limit, signal }, find) : find();
  }

  /** The topics that have unanswered sessions, with their number, in alphabetical order. */
  async topics({ prefix, limit, signal } = {}) {
    const { body } = await this.#connection.request("topics", { prefix, limit }, { signal });
    return body.items;
  }

  /** STUN and TURN servers, for `new RTCPeerConnection({ iceServers })`. */
  async iceServers({ signal } = {}) {
    const { body } = await this.#connection.request("ice-servers", {}, { signal });
    return body.iceServers;
  }

  /** The bookmark that all reads of this instance include; null before the first reply. */
  getBookmark() {
    return this.#connection.http.bookmark;
  }

  setBookmark(bookmark) {
    this.#connection.http.bookmark = bookmark ?? null;
  }

  clearBookmark() {
    this.#connection.http.bookmark = null;
  }

  /** What carries the events of all sessions, "channel", "sse", "long-poll" or "poll"; null while nothing waits for events. */
  get transport() {
    return this.#connection.transport;
  }

  /** Ends the connection to the service: no session receives events any more. */
  close() {
    this.#connection.close();
  }

  /** The database node that served the latest HTTP reply: `{ node, region, primary }`; null before it. */
  get servedBy() {
    return this.#connection.http.servedBy;
  }

  /** A link with the code of a session and the bookmark, in the fragment, which is not sent to servers. */
  shareLink(code, page = globalThis.location?.href) {
    const link = new URL(page, globalThis.document?.baseURI);
    const { bookmark } = this.#connection.http;
    link.hash = new URLSearchParams(bookmark === null ? { code } : { code, bookmark });
    return link.href;
  }

  /** The code in a link, or null. A bookmark in the link is used from then on. */
  fromLink(link = globalThis.location?.href) {
    const carried = new URLSearchParams(new URL(link, globalThis.document?.baseURI).hash.slice(1));
    this.#connection.http.keepBookmark(BOOKMARK.exec(carried.get("bookmark"))?.[0]);
    return carried.get("code");
  }

  async #begin(side, wanted, connection, { resume = true, kept = null, request, peerId, gather, ...options }, fits) {
    if (!CODE.test(wanted)) {
      throw badCode(wanted);
    }
    const makePc = typeof connection === "function" ? connection : null;
    const pc = makePc ? await makePc() : connection;
    if (!pc) {
      throw noPeerConnection();
    }
    const former = kept ?? (resume ? await claim(this.#scope, (session) => session.side === side && fits(session)) : null);
    const code = former?.code ?? wanted;
    const peer = { pc, makePc, peerId, gather };
    const session = new ParleySession(this.#connection, peer, {
      ...options,
      side,
      code,
      anew: kept === null ? wanted : null,
      kept: former,
      keeps: resume,
      scope: this.#scope,
      shareLink: (page) => this.shareLink(session.code, page),
    });
    emit(this, "session", { session });
    await session.begin(request);
    return session;
  }
}
