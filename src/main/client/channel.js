import { base64url } from "./codes.js";
import { ParleyError, noChannel, tooLate } from "./errors.js";
import { REQUEST_MS, deferred, within } from "./timing.js";

/** Longest time from the connection to the reply to `hello`. */
const OPENS_MS = 4_000;
/** Silence after which a request checks the connection, and the longest time for its reply. */
const SILENCE_MS = 15_000;
const CHECK_MS = 5_000;

/** The channel of one Connection: a WebSocket that carries requests, and the events of everything that is watched. */
export class Channel {
  #socket;
  #requests = new Map();
  #lastId = 0;
  #heard = performance.now();
  #opened = deferred();
  #closed = deferred();
  /** Resolves with the close code when the channel is closed. */
  closed = this.#closed.promise;

  /**
   * Resolves when requests can be made. Rejects if that is impossible, or takes too long. The channel ends when `signal` aborts.
   *
   * @param receive is called with each message, with a reply before its request resolves
   */
  static async open(WebSocket, url, { key, receive, signal, ...hello }) {
    const protocols = ["parley.v1", ...(key ? [`bearer.${base64url(key)}`] : [])];
    const channel = new Channel(new WebSocket(url.replace(/^http/, "ws"), protocols), receive, signal);
    try {
      const ready = channel.#opened.promise.then(() => channel.call("hello", hello));
      await within(OPENS_MS, ready, signal, noChannel);
      return channel;
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  constructor(socket, receive, signal) {
    this.#socket = socket;
    const end = () => this.close();
    const check = setInterval(() => this.#check(), CHECK_MS);
    signal.addEventListener("abort", end);
    socket.onopen = this.#opened.resolve;
    socket.onmessage = ({ data }) => {
      this.#heard = performance.now();
      const { id, ...reply } = JSON.parse(data);
      receive({ id, ...reply });
      const request = this.#requests.get(id);
      if (reply.status < 400) {
        request?.accept?.(reply);
      }
      request?.resolve(reply);
    };
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      clearInterval(check);
      signal.removeEventListener("abort", end);
      for (const { reject } of [this.#opened, ...this.#requests.values()]) {
        reject(noChannel(code));
      }
      this.#closed.resolve(code);
    };
  }

  /**
   * Makes a request: `{ status, body, etag, bookmark }`. It may have been carried out if it rejects with status 0.
   *
   * @param accept is called with the reply of a success, before any later message is received
   */
  async call(op, fields, { signal, accept, millis = REQUEST_MS } = {}) {
    signal?.throwIfAborted();
    const id = ++this.#lastId;
    const request = { ...deferred(), accept };
    try {
      if (this.#socket.readyState !== 1) {
        throw noChannel();
      }
      this.#requests.set(id, request);
      this.#socket.send(JSON.stringify({ id, op, ...fields }));
      const { problem, retryAfter, ...reply } = await within(millis, request.promise, signal, () => {
        this.close();
        return tooLate();
      });
      if (reply.status >= 400) {
        throw new ParleyError({ ...problem, status: reply.status, retryAfter });
      }
      return reply;
    } finally {
      this.#requests.delete(id);
    }
  }

  close() {
    this.#socket.close();
    // The close handshake takes up to a minute if the network is gone.
    this.#socket.onclose({ code: 1006 });
    this.#socket.onmessage = null;
  }

  /** Browsers do not report a network that is gone, and answer the service's pings by themselves. */
  #check() {
    if (performance.now() - this.#heard > SILENCE_MS) {
      this.#heard = performance.now();
      this.call("unwatch", { code: "-" }, { millis: CHECK_MS }).catch(() => {});
    }
  }
}
