import { ParleyError, noKey, originRefused, refusal, tooLate, unreachable } from "./errors.js";
import { REQUEST_MS, within } from "./timing.js";

/** The calls over HTTP, with their parameters, by the name of the operation in the channel. */
const CALLS = {
  open: "POST sessions",
  read: "GET sessions/:code",
  answer: "PUT sessions/:code/answer",
  trickle: "POST sessions/:code/candidates",
  restart: "PUT sessions/:code/offer",
  extend: "PATCH sessions/:code",
  close: "DELETE sessions/:code",
  find: "GET sessions topic tag limit",
  topics: "GET topics prefix limit",
  "ice-servers": "GET ice-servers",
};

/** Requests to one service, with what they share: the key, the namespace, the bookmark and the clock of the service. */
export class Http {
  #getKey;
  #emit;
  #key;
  #asking = null;
  /** Whether a reply was readable, so the service allows the origin of this page. */
  #admitted = false;
  /** Milliseconds by which the clock of the service is ahead of the local clock. */
  #clockAhead = 0;
  bookmark = null;
  /** The database node that served the latest reply. */
  servedBy = null;

  constructor({ root, key, namespace, readFrom, emit }) {
    this.#emit = emit;
    this.root = root;
    this.#getKey = typeof key === "function" ? key : () => key ?? null;
    this.namespace = namespace;
    this.readFrom = readFrom;
  }

  /** The URL of a resource of the API. */
  url(path) {
    return new URL(`api/v1/${path}`, this.root).href;
  }

  /** The clock of the service in milliseconds. */
  now() {
    return Date.now() + this.#clockAhead;
  }

  /** Keeps the newest bookmark, since replies may arrive out of order. Bookmarks of one history sort as strings in commit order. */
  keepBookmark(bookmark, reset) {
    if (bookmark && (reset || this.bookmark === null || bookmark > this.bookmark)) {
      this.bookmark = bookmark;
    }
  }

  /** The key, of which `refused` is a former one. One call of the key function serves all that ask meanwhile. */
  async key(refused, signal) {
    if (this.#key === refused) {
      this.#asking ??= within(REQUEST_MS, Promise.resolve().then(this.#getKey), undefined, () => {})
        .catch((error) => Promise.reject(noKey(error)))
        .finally(() => (this.#asking = null));
      this.#key = await within(Infinity, this.#asking, signal);
    }
    return this.#key;
  }

  /** Makes one request for an operation of the channel: `{ body, etag }`. */
  call(op, { body, token, ifMatch, ...fields }, options) {
    const [method, path, ...parameters] = CALLS[op].split(" ");
    const given = parameters.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]);
    const headers = { "Session-Token": token, "If-Match": ifMatch };
    const query = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
    return this.ask(method, path.replace(":code", fields.code) + query, { ...options, body, headers });
  }

  /**
   * Makes one request and returns what `read` returns for its reply, in time. `read` may allow itself more time, in milliseconds, and
   * ends when its signal aborts: in Node, `fetch` may not notice that. A key function is asked for another key once, if its key is
   * refused. Throws a ParleyError, or the reason of `signal`.
   */
  async ask(method, path, { body, headers, keepalive, signal, millis = REQUEST_MS, read = reply } = {}) {
    const over = new AbortController();
    const end = () => over.abort();
    let deadline;
    const allow = (time) => {
      clearTimeout(deadline);
      deadline = setTimeout(end, time);
    };
    let key = await this.key(undefined, signal);
    signal?.throwIfAborted();
    const send = async () => {
      const response = await fetch(this.url(path), {
        method,
        headers: this.#headers({ "Content-Type": body && "application/json", Authorization: key && `Bearer ${key}`, ...headers }),
        body: JSON.stringify(body),
        signal: over.signal,
        keepalive,
        cache: "no-store",
        credentials: "omit",
        // Browsers send no Origin with a GET to the page's own origin; the service then uses the referrer.
        referrerPolicy: "origin",
      });
      this.#readHeaders(response.headers);
      return response;
    };
    signal?.addEventListener("abort", end);
    allow(millis);
    try {
      let response = await send();
      if (response.status === 401) {
        const refused = key;
        key = await this.key(refused, signal);
        response = key === refused ? response : await send();
      }
      if (!response.ok) {
        throw await refusal(response);
      }
      const result = await read(response, allow, over.signal);
      over.signal.throwIfAborted();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ParleyError) {
        throw error;
      }
      if (over.signal.aborted) {
        throw tooLate(error);
      }
      throw (await this.#refusesOrigin()) ? originRefused(this.root, error) : unreachable(error);
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", end);
      end(); // a stream that was not read to its end
    }
  }

  /**
   * Whether the service answers but does not allow the origin of this page. A page gets the same TypeError if CORS forbids a reply
   * and if the service is down. A page that is not allowed cannot read `/health` either, but can load the service's icon.
   */
  async #refusesOrigin() {
    const get = (path, mode) => fetch(new URL(path, this.root), { mode, cache: "no-store", credentials: "omit" });
    this.#admitted ||= await succeeds(get("health", "cors"));
    if (this.#admitted) {
      return false;
    }
    if (!globalThis.Image) {
      return succeeds(get("icon.svg", "no-cors"));
    }
    const image = new Image(); // an error page of a gateway is none
    image.src = new URL(`icon.svg?${Date.now()}`, this.root);
    return succeeds(image.decode());
  }

  #headers(headers) {
    const all = { "Parley-Namespace": this.namespace, "x-d1-bookmark": this.bookmark ?? this.readFrom, ...headers };
    return Object.entries(all).filter(([, value]) => value);
  }

  #readHeaders(headers) {
    this.#admitted = true;
    this.#clockAhead = Date.parse(headers.get("Date")) - Date.now() || this.#clockAhead;
    const bookmark = headers.get("x-d1-bookmark");
    if (bookmark) {
      this.keepBookmark(bookmark, headers.get("x-bookmark-status") === "reset");
      const [node, region, primary] = ["", "-region", "-primary"].map((part) => headers.get(`x-served-by${part}`));
      this.servedBy = { node, region, primary: primary === "true" };
      this.#emit("served", { ...this.servedBy, bookmark });
    }
  }
}

/** Whether `promise` is fulfilled in time. */
function succeeds(promise) {
  return within(REQUEST_MS, promise, undefined, tooLate).then(
    () => true,
    () => false,
  );
}

/** A compressing proxy makes an entity tag weak, which If-Match would never match. */
async function reply(response) {
  const body = response.status === 204 ? null : await response.json();
  return { status: response.status, body, etag: response.headers.get("ETag")?.replace(/^W\//, "") };
}

/**
 * Returns a function that takes each chunk of an event stream and returns the data of the messages that the chunk completes (HTML
 * standard, section 9.2.6). The service ends lines with LF.
 */
export function eventStreamParser() {
  let rest = "";
  return (chunk) => {
    const messages = (rest + chunk).split("\n\n");
    rest = messages.pop();
    return messages.map((message) => message.match(/^data: [^\n]*/gm)?.map((line) => line.slice(6)).join("\n")).filter(Boolean);
  };
}
