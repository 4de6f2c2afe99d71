import { ownOrigin } from "./origin.js";

const PROBLEM = "urn:parley:problem:";
/** The type of the error without a reply of the service. */
export const UNREACHABLE = `${PROBLEM}unreachable`;
const PASSING = [0, 429, 502, 503, 504];

/** A refusal of the service (RFC 9457), or a request without a reply: then `status` is 0. */
export class ParleyError extends Error {
  constructor({ type = "about:blank", title = "Refused", status = 0, detail = title, field, retryAfter }, options) {
    super(detail, options);
    Object.assign(this, { name: "ParleyError", type, title, status, detail, field, retryAfter });
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return PASSING.includes(this.status);
  }
}

/** An error of the client. Its type in words is its title. */
function problem(type, status, detail, cause) {
  const title = type[0].toUpperCase() + type.slice(1).replaceAll("-", " ");
  return new ParleyError({ type: PROBLEM + type, title, status, detail }, { cause });
}

/** An error reply of the service, or of a proxy. */
export async function refusal(response) {
  const { status, statusText, headers } = response;
  const told = headers.get("Content-Type")?.includes("json") ? await response.json() : {};
  const retryAfter = Number.parseInt(headers.get("Retry-After"), 10) || undefined;
  return new ParleyError({ title: statusText || undefined, ...told, status, retryAfter });
}

/** Whether a session of a former page cannot be continued: the other side does not reply, it is gone, or has changed. */
export function isOver({ type, status }) {
  return type !== UNREACHABLE && [0, 403, 404, 409, 412].includes(status);
}

export function unreachable(cause, detail = "The service cannot be reached.") {
  return problem("unreachable", 0, detail, cause);
}

export function tooLate(cause) {
  return unreachable(cause, "The service did not answer in time.");
}

export function noKey(cause) {
  return unreachable(cause, "The key function failed, or did not return in time.");
}

/** @param code with which it was closed, if it was open */
export function noChannel(code) {
  return unreachable(`code ${code}`, "A channel to the service cannot be opened, or was closed.");
}

export function originRefused({ origin }, cause) {
  const page = ownOrigin() ?? "a file";
  const detail = `The service at ${origin} does not allow pages of ${page}; its operator can add them to parley.cors.origins.`;
  return problem("origin-refused", 403, detail, cause);
}

export function badCode(code) {
  const rule = "code must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, and neither . nor ..";
  return problem("out-of-bounds", 422, `${rule} (was ${JSON.stringify(code)})`);
}

/** Translates a refusal of the service into its meaning for a guest. */
export function guestRefusal(error) {
  if (error.status === 404) {
    return noSession(error);
  }
  return error.status === 409 || error.type === `${PROBLEM}session-token-refused` ? hasGuest(error) : error;
}

export function noSession(cause) {
  return problem("session-not-found", 404, "The session has expired or was closed, or never existed; ask for a new link.", cause);
}

export function hasGuest(cause) {
  return problem("already-answered", 409, "This session already has a guest; ask for a new link, or find another session.", cause);
}

export function otherClient() {
  return problem("other-client", 409, "Another client uses the code of this session now; ask for a new link.");
}

export function noPath() {
  const advice = "try another network, or ask the operator for a TURN server.";
  return problem("no-way", 0, `No network path between the two devices was found; ${advice}`);
}

export function noReply() {
  return problem("no-reply", 0, "The other side does not reply; its page may be closed or offline.");
}

export function connectionUsed(cause) {
  return problem("connection-used", 409, "A new connection is needed here; pass a function that returns an RTCPeerConnection.", cause);
}

export function roomFull(max) {
  return problem("room-full", 409, `The room has ${max} members; try again when one has left.`);
}

export function joinedElsewhere() {
  return problem("joined-elsewhere", 409, "A member with the same peerId has joined the room.");
}

export function noPeerConnection() {
  return new TypeError("This needs an RTCPeerConnection, or a function that returns one; workers and Node have none of their own.");
}
