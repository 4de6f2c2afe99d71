/** What is watched of one session or topic, and by whom; see `Connection.watch`. */
export class Feed {
  watchers = new Set();
  /** Whether messages belong to the latest request to watch. */
  begun = false;
  /** The number of the last event. */
  seen;
  /** Failures since the last message. */
  failures = 0;
  /** The listings of a topic by code, when all are known; the next message has all of them if `#isFresh`. */
  #listings;
  #isFresh;

  constructor({ code, topic, etag }) {
    Object.assign(this, { code, topic, etag, name: Feed.nameOf({ code, topic }) });
  }

  static nameOf({ code, topic }) {
    return code ?? ` ${topic}`;
  }

  /** What a request to watch has: the number after which all watchers of a session need events, and the latest lease. */
  get place() {
    const { code, topic, etag } = this;
    const watchers = [...this.watchers];
    const after = code === undefined ? undefined : Math.min(...watchers.map((watcher) => watcher.after));
    const { token, lease } = watchers.findLast((watcher) => watcher.lease) ?? {};
    return { code, topic, after, etag, token, lease };
  }

  /** Adds a watcher; whether another request to watch is needed. */
  add(watcher) {
    this.watchers.add(watcher);
    if (this.#listings) {
      queueMicrotask(() => watcher.receive(this.#listings));
    }
    return !this.#listings;
  }

  /**
   * The next message is the first one after the place that was requested, or has all listings. The place may have changed meanwhile: a
   * former watch has brought events, or a watcher has ended.
   */
  begin({ after }, etag) {
    this.etag ??= etag;
    this.begun = true;
    this.#isFresh = true;
    this.seen = after;
  }

  /** Passes a message to the watchers. */
  receive({ events, opened, gone, etag }) {
    this.failures = 0;
    events?.forEach((event) => this.#pass(event));
    if (opened) {
      this.etag = etag;
      this.#listings = this.#isFresh ? new Map() : this.#listings;
      this.#isFresh = false;
      gone.forEach((code) => this.#listings.delete(code));
      opened.forEach((listing) => this.#listings.set(listing.code, listing));
      this.watchers.forEach((watcher) => watcher.receive(this.#listings));
    }
  }

  #pass(event) {
    this.seen = event.seq;
    for (const watcher of this.watchers) {
      if (event.seq > watcher.after) {
        watcher.after = event.seq;
        watcher.receive(event);
      }
    }
  }

  end(error) {
    const watchers = [...this.watchers];
    this.watchers.clear();
    watchers.forEach((watcher) => watcher.end(error));
  }
}
