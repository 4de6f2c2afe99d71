// Types of parley.js.

/** "offerer" for the host of a session, "answerer" for its guest. */
export type Side = "offerer" | "answerer";

/** How a session receives the events of the other side: event stream, long polls, or polls. */
export type Transport = "sse" | "long-poll" | "poll";

export interface ParleyOptions {
  /** A credential, sent as a bearer token. */
  key?: string | undefined;
  /**
   * Clients with the same namespace share sessions, unless a key decides; 1 to 512 visible ASCII characters. By default the
   * origin of the page. In Node, set the origin of the page to connect with.
   */
  namespace?: string | undefined;
  /** The default topic of `host` and `find`. */
  topic?: string | undefined;
  /** What reads may use before there is a bookmark; by default "first-primary". */
  readFrom?: "first-primary" | "first-unconstrained" | undefined;
  /** The only transport to use; by default the best that works. */
  transport?: Transport | undefined;
  /** Milliseconds between two polls if no other transport works; by default 1000. */
  pollInterval?: number | undefined;
  /** Milliseconds for which a call is retried while the service does not answer; by default 30000. */
  patience?: number | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface SessionOptions {
  /** Continues to listen while connected, so that a restart by the host is noticed at once; by default only after a failure. */
  stay?: boolean | undefined;
  /** Ends the session when it aborts. */
  signal?: AbortSignal | undefined;
}

export interface HostOptions extends SessionOptions {
  /** Topic under which the session is found; null: by its code only. */
  topic?: string | null | undefined;
  /** 1 to 128 characters of `A-Z a-z 0-9 . _ ~ -`, and neither `.` nor `..`; by default random, with 128 bits. */
  code?: string | undefined;
  peerId?: string | undefined;
  tags?: string[] | undefined;
  /** Time to live in seconds; either side extends the session until it is closed. */
  ttl?: number | undefined;
}

/** An unanswered session. */
export interface Listing {
  code: string;
  topic: string;
  peerId: string | null;
  tags: string[];
  createdAt: string;
  expiresAt: string;
}

export interface TopicCount {
  topic: string;
  sessions: number;
}

export interface ServedBy {
  node: string | null;
  region: string | null;
  primary: boolean;
}

export interface ParleyEventMap {
  /** When a session begins, before any of its events. */
  session: CustomEvent<{ session: ParleySession }>;
  /** After each reply. */
  served: CustomEvent<ServedBy & { bookmark: string }>;
  /** Before each retry; `delay` in milliseconds. */
  retry: CustomEvent<{ error: ParleyError; attempt: number; delay: number }>;
}

/** A client of one service; it keeps and sends bookmarks itself. */
export class Parley extends EventTarget {
  /** @param url of the service; by default where parley.js was loaded from; required in Node */
  constructor(url?: string | URL, options?: ParleyOptions);

  /** Offers `pc` to the first peer that joins; resolves as soon as the session can be joined. */
  host(pc: RTCPeerConnection, options?: HostOptions): Promise<ParleySession>;
  /**
   * Answers the session of `code` with `pc`; resolves as soon as the answer is stored. Rejects with a ParleyError: status 404
   * if there is no such session, 409 if it already has a guest, 422 if `code` is not a valid code.
   */
  join(code: string, pc: RTCPeerConnection, options?: SessionOptions): Promise<ParleySession>;
  /** The unanswered sessions of `topic` (null: of all topics), newest first. */
  find(topic?: string | null, options?: CallOptions & { tag?: string | undefined; limit?: number | undefined }): Promise<Listing[]>;
  /** The topics that have unanswered sessions, in alphabetical order. */
  topics(options?: CallOptions & { prefix?: string | undefined; limit?: number | undefined }): Promise<TopicCount[]>;
  /** STUN and TURN servers, for `new RTCPeerConnection({ iceServers })`. */
  iceServers(options?: CallOptions): Promise<RTCIceServer[]>;

  /** The bookmark that all reads of this instance include; null before the first reply. */
  getBookmark(): string | null;
  /** Null clears it, as `clearBookmark` does. */
  setBookmark(bookmark: string | null): void;
  clearBookmark(): void;
  /** The database node that served the latest reply; null before it. */
  readonly servedBy: ServedBy | null;

  /** A link to `page`, by default the current one, with the code of a session and the bookmark. */
  shareLink(code: string, page?: string | URL): string;
  /** The code in a link, by default the address of this page, or null. A bookmark in the link is used from then on. */
  fromLink(link?: string | URL | Location): string | null;

  addEventListener<K extends keyof ParleyEventMap>(
    type: K,
    listener: (this: Parley, event: ParleyEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof ParleyEventMap>(
    type: K,
    listener: (this: Parley, event: ParleyEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** A message of one side: an own one when the service has stored it, a remote one when it is applied. */
export interface SignalDetail {
  side: Side;
  generation: number;
}

export interface ParleySessionEventMap {
  offer: CustomEvent<SignalDetail>;
  answer: CustomEvent<SignalDetail>;
  candidate: CustomEvent<SignalDetail & { candidate: RTCIceCandidateInit | string }>;
  "end-of-candidates": CustomEvent<SignalDetail>;
  connected: CustomEvent<null>;
  disconnected: CustomEvent<null>;
  /** The connection has failed; `error` can be shown. The host restarts it, and closes the session if that fails repeatedly. */
  failed: CustomEvent<{ error: ParleyError }>;
  waiting: CustomEvent<{ transport: Transport }>;
  /** An error after which the session continues. */
  problem: CustomEvent<{ error: Error }>;
  /**
   * The last event; `error` is null if a side has closed the session, otherwise the reason. Expiry and refusals by the service
   * do not end the session of a healthy connection.
   */
  closed: CustomEvent<{ error: Error | null }>;
}

/** One side of one session, and the RTCPeerConnection that it connects. The session never closes the connection. */
export class ParleySession extends EventTarget {
  private constructor();

  readonly code: string;
  readonly side: Side;
  /** 1 for the first offer, 1 more for each new offer. */
  readonly generation: number;
  /** The transport in use; null while the session does not listen. */
  readonly transport: Transport | null;
  /** When the session expires unless it is extended, from the service (RFC 3339); null before the first reply. */
  readonly expiresAt: string | null;
  readonly closed: boolean;
  /**
   * Resolves when the peers are connected and the data channels are open that both created with `negotiated: true`, or that this
   * side created, so that `send` works. Without data channels, resolves when the peers are connected. Rejects with the reason if
   * the session ends before: a ParleyError, or an AbortError if a side closed it.
   */
  readonly connected: Promise<void>;

  /** A link to this session; see `Parley.shareLink`. */
  shareLink(page?: string | URL): string;
  /** Restarts ICE. For the host only, which also does so automatically when the connection has failed. */
  restart(): Promise<void>;
  /** Makes a new offer, after tracks or channels were added. For the host only. */
  renegotiate(): Promise<void>;
  /** Ends the signaling, not the connection. The host's session is deleted. */
  close(options?: CallOptions): Promise<void>;

  addEventListener<K extends keyof ParleySessionEventMap>(
    type: K,
    listener: (this: ParleySession, event: ParleySessionEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof ParleySessionEventMap>(
    type: K,
    listener: (this: ParleySession, event: ParleySessionEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * A problem of RFC 9457 whose `detail` can be shown to a visitor. `status` is that of the service's reply, or 0 without a reply:
 * the service did not answer, or no network path between the peers was found.
 */
export class ParleyError extends Error {
  constructor(
    problem: {
      type?: string | undefined;
      title?: string | undefined;
      status?: number | undefined;
      detail?: string | undefined;
      field?: string | undefined;
      retryAfter?: number | undefined;
    },
    options?: ErrorOptions,
  );

  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, and what to do next. */
  readonly detail: string;
  /** The field that is out of bounds, if it is one. */
  readonly field?: string | undefined;
  /** Seconds, from `Retry-After`. */
  readonly retryAfter?: number | undefined;
  /** Whether the same request may succeed later. */
  readonly passing: boolean;
}
