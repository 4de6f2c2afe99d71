// The types of parley.js.

/** "offerer", who hosts a session, or "answerer", who joins it. */
export type Side = "offerer" | "answerer";

/** How a session waits for the other side: an event stream, held requests, or one look after another. */
export type Transport = "sse" | "long-poll" | "poll";

export interface ParleyOptions {
  /** A credential, sent as a bearer token. */
  key?: string | undefined;
  /**
   * Clients with the same namespace share sessions, where no key decides; 1 to 512 visible ASCII characters. By default the
   * origin of the page. Where there is no page, as in Node, set the origin of the page to meet.
   */
  namespace?: string | undefined;
  /** Where `host` and `find` are when they are not told otherwise. */
  topic?: string | undefined;
  /** What reads may use before there is a bookmark; by default "first-primary". */
  readFrom?: "first-primary" | "first-unconstrained" | undefined;
  /** This one and no other; by default the best that works. */
  transport?: Transport | undefined;
  /** Milliseconds between two looks where there is no better way; by default 1000. */
  pollInterval?: number | undefined;
  /** Milliseconds for which a call is tried again while the service does not answer; by default 30000. */
  patience?: number | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface SessionOptions {
  /** Goes on listening once connected, so that the host's restart is noticed at once; by default only after a break. */
  stay?: boolean | undefined;
  /** Ends the session when it aborts. */
  signal?: AbortSignal | undefined;
}

export interface HostOptions extends SessionOptions {
  /** Where the session is found; null for by its code only. */
  topic?: string | null | undefined;
  /** Its name, 1 to 128 of `A-Z a-z 0-9 . _ ~ -` and neither `.` nor `..`; by default one that nobody guesses. */
  code?: string | undefined;
  peerId?: string | undefined;
  tags?: string[] | undefined;
  /** Seconds that the session lives without being extended; either side extends it until it is closed. */
  ttl?: number | undefined;
}

/** A session that waits for somebody to join. */
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
  /** When a session begins, for who is to miss nothing of it. */
  session: CustomEvent<{ session: ParleySession }>;
  /** After each reply. */
  served: CustomEvent<ServedBy & { bookmark: string }>;
  /** Before each further try; `delay` in milliseconds. */
  retry: CustomEvent<{ error: ParleyError; attempt: number; delay: number }>;
}

/** One service, as one user of it sees it; its bookmarks keep themselves. */
export class Parley extends EventTarget {
  /** @param url where the service is; by default, where this file was loaded from (necessary in Node) */
  constructor(url?: string | URL, options?: ParleyOptions);

  /** Offers `pc` to whoever joins first; resolves as soon as the session can be joined. */
  host(pc: RTCPeerConnection, options?: HostOptions): Promise<ParleySession>;
  /**
   * Answers the session of `code` with `pc`; resolves as soon as the answer is kept. Rejects with a ParleyError: status 404
   * if there is no such session (any more), 409 if it already has a guest, 422 if `code` is no code.
   */
  join(code: string, pc: RTCPeerConnection, options?: SessionOptions): Promise<ParleySession>;
  /** The sessions that wait under `topic` (null: under any), newest first. */
  find(topic?: string | null, options?: CallOptions & { tag?: string | undefined; limit?: number | undefined }): Promise<Listing[]>;
  /** The topics under which sessions wait, in alphabetical order. */
  topics(options?: CallOptions & { prefix?: string | undefined; limit?: number | undefined }): Promise<TopicCount[]>;
  /** STUN and TURN servers, for `new RTCPeerConnection({ iceServers })`. */
  iceServers(options?: CallOptions): Promise<RTCIceServer[]>;

  /** How new all that this instance reads will be at least; null before the first reply. */
  getBookmark(): string | null;
  /** Null forgets it, as `clearBookmark` does. */
  setBookmark(bookmark: string | null): void;
  clearBookmark(): void;
  /** The database node behind the latest reply; null before it. */
  readonly servedBy: ServedBy | null;

  /** `page`, by default this one, as a link to the session of `code` that carries the bookmark too. */
  shareLink(code: string, page?: string | URL): string;
  /** The code that a link, by default this page's, carries, or null; a bookmark beside it is kept. */
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

/** Something that one side said: ours when the service has kept it, theirs when its turn has come. */
export interface Said {
  side: Side;
  generation: number;
}

export interface ParleySessionEventMap {
  offer: CustomEvent<Said>;
  answer: CustomEvent<Said>;
  candidate: CustomEvent<Said & { candidate: RTCIceCandidateInit | string }>;
  "end-of-candidates": CustomEvent<Said>;
  connected: CustomEvent<null>;
  disconnected: CustomEvent<null>;
  /** The connection has failed, for a reason to show; the host restarts it, and in the end closes the session. */
  failed: CustomEvent<{ error: ParleyError }>;
  waiting: CustomEvent<{ transport: Transport }>;
  /** Something went wrong that it can go on without. */
  problem: CustomEvent<{ error: Error }>;
  /**
   * The last event; `error` is null where a side has closed it, and else says why there is no connection. A healthy
   * connection is never a victim of the service: expiry and refusals do not end its session.
   */
  closed: CustomEvent<{ error: Error | null }>;
}

/** One side of one session, and the RTCPeerConnection that it connects and never closes. */
export class ParleySession extends EventTarget {
  private constructor();

  readonly code: string;
  readonly side: Side;
  /** 1 for the first offer, one more for each new one. */
  readonly generation: number;
  /** How it waits for the other side; null while it does not. */
  readonly transport: Transport | null;
  /** When the session expires unless it is extended before, as the service says (RFC 3339); null before it does. */
  readonly expiresAt: string | null;
  readonly closed: boolean;
  /**
   * Resolves when the peers are connected and data channels that both created with `negotiated: true`, or that this side
   * created, are open: `send` works. Without data channels, when the peers are connected. Rejects with the reason if the
   * session ends before: a ParleyError, or an AbortError where a side closed it.
   */
  readonly connected: Promise<void>;

  /** A link to this session; see `Parley.shareLink`. */
  shareLink(page?: string | URL): string;
  /** Restarts ICE. The host's only; it does so by itself when the connection has failed. */
  restart(): Promise<void>;
  /** Offers anew, after tracks or channels were added. The host's only. */
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
 * What was refused, as a problem of RFC 9457 whose `detail` can be shown to a visitor. `status` is that of the service's
 * reply, or 0 where there was none: the service did not answer, or no network path between the peers was found.
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
  /** What happened and what to do about it. */
  readonly detail: string;
  /** The field that is out of bounds, where it is one. */
  readonly field?: string | undefined;
  /** Seconds, where the service said when to come back. */
  readonly retryAfter?: number | undefined;
  /** Whether the same request may succeed a little later. */
  readonly passing: boolean;
}
