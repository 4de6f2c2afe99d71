// Reasons of failures as text for visitors. `detail` of the service and the client is written for developers.

const PROBLEM = "urn:parley:problem:";

const GONE = "This session is no longer available: it has expired or was ended, or the link is incomplete. Ask for a new link.";
const TAKEN = "Somebody else has joined this session. Ask for a new link.";

export const UNREACHED =
  "The two browsers cannot reach each other; a firewall may block them. The operator of this service can add a TURN server.";

const TO_GUEST = {
  "session-not-found": GONE,
  "already-answered": TAKEN,
  "session-token-refused": TAKEN,
  "no-way": UNREACHED,
};
const TO_HOST = {
  "session-not-found": "The session has expired. Press Start for a new link.",
  "no-way": UNREACHED,
};

/** @param side of this browser in the session, "offerer" or "answerer"; null if it is in no session */
export function reason(error, side = null) {
  const words = side === "offerer" ? TO_HOST : side === "answerer" ? TO_GUEST : {};
  return words[error.type?.replace(PROBLEM, "")] ?? error.detail ?? error.message;
}
