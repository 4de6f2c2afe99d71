// The code of a room, short enough to speak.
//
// It is the code of a session whose offer has the name of the room, which nobody can guess. The session is under no topic, so it can
// only be looked up by its code, and the service limits failed lookups per address. It lives as long as somebody is in the room.

import { key } from "./key.js";

const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aeiou";
const WORDS = 3;
const SYLLABLES = 2;
const OFFER = "parley room ";
const TTL_S = 30;
const EXTEND_MS = 10_000;
const TAKEN = 409;

const token = name();

/** A new code, and the name of its room. */
export async function newInvitation() {
  for (;;) {
    const invitation = { code: spoken(), room: name() };
    if (await open(invitation)) {
      return { ...invitation, isOwn: true };
    }
  }
}

/** The code as it is looked up, from what a visitor has heard or typed. */
export function normalized(code) {
  return code.trim().toLowerCase().replaceAll(/[\s-]+/g, "-");
}

/** The invitation with a code, or null. */
export async function lookUp(code) {
  const reply = await call("GET", code);
  if (reply.status === 404) {
    return null;
  }
  const { offer } = await accepted(reply).json();
  return offer.startsWith(OFFER) ? { code, room: offer.slice(OFFER.length) } : null;
}

/** Keeps an invitation until `signal` aborts. When the member that has opened it leaves, another one opens it again. */
export function keep(invitation, signal) {
  let { isOwn = false } = invitation;
  const extend = async () => {
    const reply = await (isOwn ? call("PATCH", invitation.code, { ttl: TTL_S }) : call("GET", invitation.code));
    if (reply.status === 404) {
      isOwn = await open(invitation);
    }
  };
  const period = setInterval(() => extend().catch(() => {}), EXTEND_MS);
  signal.addEventListener("abort", () => clearInterval(period));
}

/** Whether the session was opened; false if its code is in use. */
async function open({ code, room }) {
  const reply = await call("POST", "", { code, offer: OFFER + room, ttl: TTL_S });
  return reply.status !== TAKEN && accepted(reply).ok;
}

function call(method, code, body) {
  return fetch(`api/v1/sessions${code && `/${encodeURIComponent(code)}`}`, {
    method,
    body: body && JSON.stringify(body),
    headers: {
      "Parley-Namespace": location.origin,
      ...(body && { "Content-Type": "application/json", "Session-Token": token }),
      ...(key && { Authorization: `Bearer ${key}` }),
    },
  });
}

function accepted(reply) {
  if (!reply.ok) {
    throw Object.assign(new Error("The service does not accept this now. Please try again in a minute."), { status: reply.status });
  }
  return reply;
}

function spoken() {
  const word = () => Array.from({ length: SYLLABLES }, () => any(CONSONANTS) + any(VOWELS)).join("");
  return Array.from({ length: WORDS }, word).join("-");
}

function any(letters) {
  return letters[Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32) * letters.length)];
}

function name() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
