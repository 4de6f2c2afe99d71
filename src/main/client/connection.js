import { Channel } from "./channel.js";
import { ParleyError, noChannel, noSession } from "./errors.js";
import { Feed } from "./feed.js";
import { Http, eventStreamParser } from "./http.js";
import { REQUEST_MS, anySignal, backoff, pause } from "./timing.js";

const TRANSPORTS = ["channel", "sse", "long-poll", "poll"];
/** Requested duration of a long poll; where that is not granted, it is a poll. */
const WAIT_S = 25;
/** Timeouts of an event stream, for its first data and between two chunks: a silent one is probably buffered by a proxy. */
const STREAM_OPENS_MS = 5_000;
const STREAM_SILENCE_MS = 75_000;
/** Failures of a transport, while the service answers, after which the next transport is used. */
const MISSES_MAX = 2;
/** Delay before a channel is opened again: the first after one that lasted, growing to the maximum. */
const REOPEN_MS = [200, 300_000];
const LASTED_MS = 5_000;
/** How long the connection stays after the last watch has ended. */
const LINGER_MS = 1_000;
/** Changes of what is watched within this time are sent together. */
const TOGETHER_MS = 10;
/** A busy service; anything else that is temporary may be caused by a proxy. */
const BUSY = [429, 503];

/**
 * The one connection of a {@link Parley} to its service, for all its sessions and topics. While anything is watched, a channel is
 * open, or is opened again. Until it is, one event stream, long poll or poll carries the events of all watches, and each request is
 * an HTTP request.
 *
 * Every transport sends the events of a session after a number, so that a change of the transport neither loses nor repeats one.
 */
export class Connection {
  #emit;
  #patience;
  #pollInterval;
  #WebSocket;
  /** The transports beside the channel that may still work, the best first. */
  #fallbacks;
  /** What is watched, by name. */
  #feeds = new Map();
  #over = new AbortController();
  /** Ends what runs while something is watched. */
  #active = null;
  #channel = null;
  /** Whether the channel is about to open, so that no other transport is used yet. */
  #opening = false;
  #isCarrying = false;
  /** Ends the request of the fallback in use, because something else is watched. */
  #changed = new AbortController();
  /** The transport in use, or null while nothing is watched. */
  transport = null;

  /**
   * @param emit reports events: `served` after each reply; `retry` before each retry, with `error`, `attempt` and `delay`; `transport`
   *   when the transport changes, with `transport`, and `error`, the reason, or null
   */
  constructor({ emit, transport, pollInterval = 1_000, patience = 30_000, WebSocket = globalThis.WebSocket, ...service }) {
    this.http = new Http({ ...service, emit });
    this.#emit = emit;
    globalThis.document?.addEventListener("visibilitychange", () => this.#changed.abort(), this.#over);
    this.#patience = patience;
    this.#pollInterval = pollInterval;
    const allowed = TRANSPORTS.filter((one) => one === (transport ?? one));
    this.#WebSocket = allowed.includes("channel") ? WebSocket : undefined;
    this.#fallbacks = allowed.filter((one) => one !== "channel");
    if (!this.#WebSocket && this.#fallbacks.length === 0) {
      throw new TypeError(`transport must be one of ${TRANSPORTS}, and channel needs a WebSocket`);
    }
  }

  /** Ends all watches with an AbortError. */
  close() {
    const reason = new DOMException("The connection is closed.", "AbortError");
    this.#over.abort(reason);
    this.#feeds.forEach((feed) => this.#end(feed, reason));
  }

  /** Runs an operation of the channel, which is retried while its error may be temporary: `{ status, body, etag }`. */
  async request(op, fields, { patience = this.#patience, signal, keepalive } = {}) {
    const began = performance.now();
    // Not aborted, so that the session can be closed when the service has replied.
    const options = { signal: op === "open" ? undefined : signal, keepalive };
    for (let attempt = 1; ; attempt++) {
      try {
        // A page that closes may not wait for the channel, which has no list of topics.
        return this.#channel === null || keepalive || op === "topics"
          ? await this.http.call(op, fields, options)
          : await this.#call(this.#channel, op, fields, options);
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

  async #call(channel, op, fields, options) {
    const bookmark = ["read", "find", "watch"].includes(op) ? (this.http.bookmark ?? this.http.readFrom) : undefined;
    return { body: null, ...(await channel.call(op, { ...fields, bookmark }, options)) };
  }

  /**
   * Watches a session or a topic until the returned function is called.
   *
   * @param watcher
   *   code and after: a session, and the number of the last event that is known;
   *   etag: of a reply of that session, so that another one with its code is noticed;
   *   lease: seconds after which the session is closed when the channel is gone; needs the offerer's `token`;
   *   topic: instead of a session, the unanswered sessions of a topic;
   *   receive: is called with each event of the session, in order and once; or with a Map of the topic's listings by code, when all are
   *   known and after each change;
   *   end: is called with the error when the watch ends: 404 if the session is gone; nothing follows the event `closed`;
   *   waiting: is called with each transport that is used
   */
  watch(watcher) {
    const { aborted, reason } = this.#over.signal;
    if (aborted) {
      queueMicrotask(() => watcher.end(reason));
      return () => {};
    }
    const name = Feed.nameOf(watcher);
    const feed = this.#feeds.get(name) ?? new Feed(watcher);
    this.#feeds.set(name, feed);
    if (feed.add(watcher)) {
      this.#carry(feed);
    }
    if (this.transport !== null) {
      watcher.waiting?.(this.transport);
    }
    return () => {
      if (feed.watchers.delete(watcher) && feed.watchers.size === 0) {
        this.#remove(feed);
      }
    };
  }

  #remove(feed) {
    if (this.#feeds.get(feed.name) === feed) {
      this.#feeds.delete(feed.name);
      this.#channel?.call("unwatch", { code: feed.code, topic: feed.topic }).catch(() => {});
    }
    if (this.#feeds.size === 0) {
      this.#changed.abort();
      const idle = this.#active;
      setTimeout(() => {
        if (this.#feeds.size === 0 && this.#active === idle) {
          idle?.abort();
          this.#active = null;
          this.#report(null);
        }
      }, LINGER_MS);
    }
  }

  /** Adds a feed, or a watcher of one, to the transport in use. */
  #carry(feed) {
    if (this.#active === null) {
      this.#active = new AbortController();
      if (this.#WebSocket) {
        this.#opening = true;
        this.#keepChannel(anySignal(this.#active.signal, this.#over.signal));
      }
    }
    if (this.#channel !== null) {
      this.#watchOn(this.#channel, feed);
    } else if (!this.#opening) {
      this.#changed.abort();
      this.#carryAll(null);
    }
  }

  /** Opens the channel, and opens it again when it is closed. */
  async #keepChannel(signal) {
    let refusedKey;
    for (let failures = 0; ; ) {
      let error;
      let opened = Infinity;
      try {
        const key = await this.http.key(refusedKey, signal);
        signal.throwIfAborted();
        const { namespace, readFrom } = this.http;
        const bookmark = this.http.bookmark ?? readFrom;
        const receive = (message) => this.#receive(message);
        const channel = await Channel.open(this.#WebSocket, this.http.url("channel"), { key, namespace, bookmark, receive, signal });
        opened = performance.now();
        this.#useChannel(channel);
        const code = await channel.closed;
        refusedKey = code === 4401 ? key : undefined;
        error = noChannel(code);
      } catch (failure) {
        error = failure;
      }
      this.#channel = null;
      if (signal.aborted) {
        return;
      }
      failures = performance.now() - opened > LASTED_MS ? 0 : failures + 1;
      this.#opening = failures === 0;
      if (this.transport === "channel") {
        this.#report(null, error);
      }
      if (!this.#opening) {
        this.#carryAll(error);
      }
      await pause(backoff(2 * failures + 1, {}, REOPEN_MS), signal).catch(() => {});
    }
  }

  #useChannel(channel) {
    this.#channel = channel;
    this.#opening = false;
    this.#changed.abort();
    this.#report("channel");
    this.#feeds.forEach((feed) => this.#watchOn(channel, feed));
  }

  /** Events after the feed's place are pushed behind the reply; those of a former watch precede it. */
  async #watchOn(channel, feed) {
    feed.begun = false;
    const { topic, place } = feed;
    const watch = topic === undefined ? place : { topic };
    const accept = ({ etag }) => feed.begin(place, etag);
    try {
      await this.#call(channel, "watch", watch, { accept });
    } catch (error) {
      if (channel === this.#channel) {
        this.#fail(feed, error);
      }
    }
  }

  #receive(message) {
    const { id, bookmark, bookmarkStatus, status, problem, retryAfter } = message;
    this.http.keepBookmark(bookmark, bookmarkStatus === "reset");
    if (id !== undefined) {
      if (bookmark) {
        this.#emit("served", { node: null, region: null, primary: null, bookmark });
      }
      return;
    }
    const feed = this.#feeds.get(Feed.nameOf(message));
    if (!feed?.begun) {
      return; // of a watch that has ended
    }
    if (status !== undefined) {
      this.#fail(feed, new ParleyError({ ...problem, status, retryAfter }));
      return;
    }
    const { events } = message;
    if (events?.[0].seq <= feed.seen) {
      this.#fail(feed, noSession()); // another session has the code
      return;
    }
    feed.receive(message);
    if (events?.at(-1).type === "closed") {
      this.#remove(feed);
    }
  }

  /** Ends a feed, or begins it again later if that may succeed. */
  #fail(feed, error) {
    feed.begun = false;
    if (!error.passing) {
      this.#end(feed, error);
      return;
    }
    pause(this.#retry(error, ++feed.failures)).then(() => this.#feeds.get(feed.name) === feed && this.#carry(feed));
  }

  #end(feed, error) {
    this.#remove(feed);
    feed.end(error);
  }

  /** Reports a retry; returns the delay before it. */
  #retry(error, attempt) {
    const delay = backoff(attempt, error);
    this.#emit("retry", { error, attempt, delay });
    return delay;
  }

  /**
   * Carries all feeds while there is no channel, by the best transport that works. When one fails, a poll shows whether the
   * transport or the service has failed, and no event is delayed for long.
   */
  async #carryAll(reason) {
    if (this.#isCarrying) {
      return;
    }
    this.#isCarrying = true;
    let misses = 0;
    for (let failures = 0; this.#feeds.size > 0 && this.#channel === null && !this.#over.signal.aborted; ) {
      const { signal } = (this.#changed = new AbortController());
      const best = this.#fallbacks.at(this.#isHidden ? -1 : 0) ?? null; // null if only a channel is wanted: a poll shows why there is none
      const transport = failures > 0 || best === null ? "poll" : best;
      const began = performance.now();
      let received = false;
      const works = (message) => {
        received ||= message;
        failures = 0;
        misses = transport === best ? 0 : misses;
      };
      try {
        await pause(TOGETHER_MS, signal);
        if (failures === 0) {
          this.#report(best, reason);
        }
        await this.#read(transport, signal, works, [...this.#feeds.values()]);
        received ||= transport !== "poll" && performance.now() - began > this.#pollInterval;
        if (!received) {
          await pause(this.#pollInterval, signal);
        }
      } catch (error) {
        if (signal.aborted) {
          continue;
        }
        if (!error.passing) {
          // The others may be valid: one watch is refused, or their number.
          for (const feed of this.#feeds.values()) {
            await this.#read("poll", signal, works, [feed]).catch((refused) => signal.aborted || this.#fail(feed, refused));
          }
        } else if (transport !== "poll" && !BUSY.includes(error.status) && this.#fallbacks.length > 1 && ++misses > MISSES_MAX) {
          this.#fallbacks.shift();
          misses = 0;
          reason = error;
        }
        await pause(this.#retry(error, ++failures), signal).catch(() => {});
      }
    }
    this.#isCarrying = false;
  }

  /**
   * Over HTTP/1.1, a browser has six connections to a host: hidden pages leave them to others, and poll. With HTTPS, a page may know
   * the protocol of its own origin only.
   */
  get #isHidden() {
    const { href } = this.http.root;
    const isHttp1 = ({ name, nextHopProtocol }) => name.startsWith(href) && nextHopProtocol === "http/1.1";
    return globalThis.document?.hidden && (href.startsWith("http:") || performance.getEntriesByType("resource").some(isHttp1));
  }

  /** Makes one request for feeds, and receives what it returns. `works` is called when the transport works, with whether it brings news. */
  async #read(transport, signal, works, feeds) {
    const wait = transport === "long-poll" ? WAIT_S : 0;
    const isStream = transport === "sse";
    const places = feeds.map(({ place: { code, topic, after, etag } }) => ({ code, topic, after, etag }));
    const receive = (message) => {
      signal.throwIfAborted();
      works(message.status === undefined);
      this.#receive(message);
    };
    const read = async (response, allow, over) => {
      signal.throwIfAborted();
      feeds.forEach((feed, i) => feed.begin(places[i]));
      if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
        const { messages } = await response.json();
        works(false);
        messages.forEach(receive);
        return;
      }
      const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = eventStreamParser();
      over.addEventListener("abort", () => chunks.cancel().catch(() => {}));
      for (let chunk; !(chunk = await chunks.read()).done; ) {
        allow(STREAM_SILENCE_MS);
        works(false);
        parse(chunk.value).forEach((data) => receive(JSON.parse(data)));
      }
    };
    await this.http.ask("POST", "events", {
      body: { watches: places },
      headers: isStream ? { Accept: "text/event-stream, application/json;q=0.1" } : { Prefer: wait && `wait=${wait}` },
      millis: isStream ? STREAM_OPENS_MS : REQUEST_MS + wait * 1_000,
      signal,
      read,
    });
  }

  #report(transport, error = null) {
    if (transport !== this.transport) {
      this.transport = transport;
      this.#emit("transport", { transport, error });
      for (const { watchers } of transport === null ? [] : this.#feeds.values()) {
        watchers.forEach(({ waiting }) => waiting?.(transport));
      }
    }
  }
}
