// Types of parley.js.

export {}; // only what is marked is exported

/** An EventTarget with events of known types. */
declare class Emitter<Events> extends EventTarget {
  addEventListener<K extends keyof Events>(
    type: K,
    listener: (this: this, event: Events[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof Events>(
    type: K,
    listener: (this: this, event: Events[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** "offerer" for the host of a session, "answerer" for its guest. */
export type Side = "offerer" | "answerer";

/** How sessions receive the events of the other side: channel (WebSocket), event stream, long polls, or polls. */
export type Transport = "channel" | "sse" | "long-poll" | "poll";

export interface ParleyOptions {
  /**
   * A credential, sent as a bearer token, or a function that returns one: it is called when a key is needed, and again when that has
   * expired or is refused.
   */
  key?: string | (() => string | Promise<string>) | undefined;
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
  /** The class for channels where the platform has none, as Node 20; by default the global one. */
  WebSocket?: unknown;
  /** Milliseconds between two polls if no other transport works; by default 1000. */
  pollInterval?: number | undefined;
  /** Milliseconds for which a call is retried while the service does not answer; by default 30000. */
  patience?: number | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

/**
 * An RTCPeerConnection with its data channels or tracks, or a function that returns one. The function is called again when the other
 * side has reloaded its page, because its new connection does not fit the former one; that is then closed.
 */
export type ConnectionSource = RTCPeerConnection | (() => RTCPeerConnection | Promise<RTCPeerConnection>);

export interface SessionOptions {
  /**
   * Whether the session is continued after a reload of this page, by a call with the same code, or for a host the same options. What
   * that needs is in the sessionStorage of the tab. By default true.
   */
  resume?: boolean | undefined;
  /** "complete" to send descriptions with all candidates, for peers that cannot receive them later. */
  gather?: "complete" | undefined;
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
  /**
   * Seconds after which the service closes the session when this page has crashed or lost its network; the transport "channel" has
   * this only. By default 15 while the session waits for a guest. Afterwards its guest extends it only while the peers are connected,
   * so that it expires after its time to live.
   */
  lease?: number | undefined;
}

export interface JoinOptions extends SessionOptions {
  /** The host receives it as `session.peerId`. */
  peerId?: string | undefined;
}

export interface FindOptions extends CallOptions {
  tag?: string | undefined;
  limit?: number | undefined;
  /** Resolves as soon as there is a session. */
  wait?: boolean | undefined;
}

/** As for `host`. */
export type MeetOptions = Omit<HostOptions, "topic" | "code">;

export interface ServeOptions extends MeetOptions {
  /** Also answers encoders and players that use WHIP and WHEP under the topic. */
  whip?: boolean | undefined;
}

/** Makes the connection for a guest: the listing of an encoder or player, with the tag `whip` or `whep`, or null. */
export type MakeGuestConnection = (listing: Listing | null) => RTCPeerConnection | Promise<RTCPeerConnection>;

export interface RoomOptions<Data = unknown> {
  /** Name of this member, by default random. A member that comes again with its peerId replaces its former self. */
  peerId?: string | undefined;
  /** A JSON value that the other members receive. */
  data?: Data | undefined;
  /** Makes the connection to a member; by default a new RTCPeerConnection with `iceServers`. */
  makePc?: ((member: { peerId: string; data: Data }) => RTCPeerConnection | Promise<RTCPeerConnection>) | undefined;
  /** By default those of the service. */
  iceServers?: RTCIceServer[] | undefined;
  /** Maximum number of members; by default 8. */
  max?: number | undefined;
  /** Leaves the room when it aborts. */
  signal?: AbortSignal | undefined;
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
  served: CustomEvent<{ node: string | null; region: string | null; primary: boolean | null; bookmark: string }>;
  /** Before each retry; `delay` in milliseconds. */
  retry: CustomEvent<{ error: ParleyError; attempt: number; delay: number }>;
  /** When the transport changes; `error` is the reason, or null. */
  transport: CustomEvent<{ transport: Transport | null; error: Error | null }>;
}

/** A client of one service; it keeps and sends bookmarks itself. */
export class Parley extends Emitter<ParleyEventMap> {
  /** @param url of the service; by default where parley.js was loaded from; required in Node */
  constructor(url?: string | URL, options?: ParleyOptions);

  /**
   * Offers a connection to the first peer that joins; resolves as soon as the session can be joined. After a reload of the page, it
   * continues the former session if its guest is there, and otherwise opens a new one.
   */
  host(connection: ConnectionSource, options?: HostOptions): Promise<ParleySession>;
  /**
   * Answers the session of `code`; resolves as soon as the answer is stored. Rejects with a ParleyError: status 404 if there is no
   * such session, 409 if it already has a guest, 422 if `code` is not a valid code.
   */
  join(code: string, connection: ConnectionSource, options?: JoinOptions): Promise<ParleySession>;
  /**
   * Continues the latest session of this tab under `topic` (null: of any) after a reload of the page, whichever side it was. Null if there is
   * none, or the other side is not there.
   */
  resume(
    connection: ConnectionSource,
    options?: SessionOptions & { topic?: string | null | undefined },
  ): Promise<ParleySession | null>;
  /**
   * Connects to another peer that calls this under the same topic, in either order; resolves when the peers are connected. A
   * function is also called again when a partner has left before that.
   */
  meet(topic: string, connection: ConnectionSource, options?: MeetOptions): Promise<ParleySession>;
  /** Hosts any number of guests under `topic`, one after another or at once. */
  serve(topic: string, makePc: MakeGuestConnection, options?: ServeOptions): Serving;
  serve(topic: string, options: ServeOptions & { makePc: MakeGuestConnection }): Serving;
  /**
   * Joins a room: a mesh in which each member is connected to each other one. Rejects with status 409 and the type
   * `urn:parley:problem:room-full` if it is full.
   */
  room<Data = unknown>(topic: string, options?: RoomOptions<Data>): Promise<Room<Data>>;
  /** The unanswered sessions of `topic` (null: of all topics), newest first. */
  find(topic?: string | null, options?: FindOptions): Promise<Listing[]>;
  /** The topics that have unanswered sessions, in alphabetical order. */
  topics(options?: CallOptions & { prefix?: string | undefined; limit?: number | undefined }): Promise<TopicCount[]>;
  /** STUN and TURN servers, for `new RTCPeerConnection({ iceServers })`. */
  iceServers(options?: CallOptions): Promise<RTCIceServer[]>;

  /** The bookmark that all reads of this instance include; null before the first reply. */
  getBookmark(): string | null;
  /** Null clears it, as `clearBookmark` does. */
  setBookmark(bookmark: string | null): void;
  clearBookmark(): void;
  /** What carries the events of all sessions; null while nothing waits for events. */
  readonly transport: Transport | null;
  /** Ends the connection to the service: no session receives events any more. */
  close(): void;
  /** The database node that served the latest HTTP reply; null before it. */
  readonly servedBy: ServedBy | null;

  /** A link to `page`, by default the current one, with the code of a session and the bookmark. */
  shareLink(code: string, page?: string | URL): string;
  /** The code in a link, by default the address of this page, or null. A bookmark in the link is used from then on. */
  fromLink(link?: string | URL | Location): string | null;
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
  /** The other side has reloaded its page, and `pc`, from the function of the caller, replaces the former connection. */
  replaced: CustomEvent<{ pc: RTCPeerConnection }>;
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

/** One side of one session, and the RTCPeerConnection that it connects. It closes only connections that it replaces. */
export class ParleySession extends Emitter<ParleySessionEventMap> {
  private constructor();

  readonly code: string;
  readonly side: Side;
  /** The connection; another one after the event `replaced`. */
  readonly pc: RTCPeerConnection;
  /** The peerId of the other side; null if it has none, or before it is known. */
  readonly peerId: string | null;
  /** 1 for the first offer, 1 more for each new offer of the host. */
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
  /**
   * Restarts ICE. The host does so automatically when the connection is lost. Resolves when the other side has answered; rejects if it
   * does not within 30 seconds, or when `signal` aborts.
   */
  restart(options?: CallOptions): Promise<void>;
  /** Makes a new offer, as `restart` does. Added tracks and channels need no call, unless the end of the negotiation matters. */
  renegotiate(options?: CallOptions): Promise<void>;
  /** Ends a hosted session unless it has been answered; whether it has ended. */
  withdraw(options?: CallOptions): Promise<boolean>;
  /** Ends the signaling, not the connection. The host's session is deleted. */
  close(options?: CallOptions): Promise<void>;
}

export interface ServingEventMap {
  /** A guest is connected. */
  session: CustomEvent<{ session: ParleySession }>;
  /** A guest could not be connected, or a request failed and is repeated. */
  problem: CustomEvent<{ error: Error }>;
  /** The last event; `error` is null after `close()`. */
  closed: CustomEvent<{ error: Error | null }>;
}

/** A host of any number of guests. Iterating yields the sessions of those that are connected; leaving the loop closes it. */
export class Serving extends Emitter<ServingEventMap> implements AsyncIterable<ParleySession> {
  private constructor();

  readonly closed: boolean;

  /** Stops serving; the sessions of guests continue. */
  close(): void;
  [Symbol.asyncIterator](): AsyncGenerator<ParleySession, void, void>;
}

/** Another member of a room. */
export interface RoomPeer<Data = unknown> {
  readonly peerId: string;
  readonly data: Data;
  readonly pc: RTCPeerConnection;
  /** Open from the event `peer` on. */
  readonly channel: RTCDataChannel;
  /** Null until one of the two has opened it. */
  readonly session: ParleySession | null;
}

export interface RoomEventMap<Data = unknown> {
  /** A new member, before its connection is negotiated: add tracks, channels and listeners. */
  join: CustomEvent<{ peer: RoomPeer<Data> }>;
  /** A member is connected; data can be sent. */
  peer: CustomEvent<{ peer: RoomPeer<Data> }>;
  /** A member has left, or its connection has ended; it joins again if it is still there. */
  leave: CustomEvent<{ peer: RoomPeer<Data> }>;
  /** No connection to a member was made; it is tried again. `peer` is null if its data is invalid or it has no RTCPeerConnection. */
  problem: CustomEvent<{ peer: RoomPeer<Data> | null; error: Error }>;
  /** The last event; `error` is null after `close()`. */
  closed: CustomEvent<{ error: Error | null }>;
}

/** A mesh of peers. It closes their connections when they leave. */
export class Room<Data = unknown> extends Emitter<RoomEventMap<Data>> {
  private constructor();

  /** Name of this member. */
  readonly peerId: string;
  /** The other members. */
  readonly peers: RoomPeer<Data>[];
  readonly closed: boolean;

  /** Sends data to all connected members. */
  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void;
  /** Leaves the room, and closes its connections. */
  close(): void;
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
