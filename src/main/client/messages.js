import { random } from "./codes.js";

/**
 * What two clients of this kind send each other beside descriptions and candidates. A message is one string or several in the
 * candidates of its sender, where it is stored, and delivered once and in order; other clients ignore it:
 *
 *   parley:KIND ID PART/COUNT TEXT
 *
 * offer: the guest's offer, in SDP; answer: the host's answer to the offer with this ID; new: the guest has a new connection, and
 * needs an offer for it; peer: the guest's peerId.
 */
const MESSAGE = /^parley:(\S+) (\S+) (\d+)\/(\d+) ([^]*)$/;
/** Characters of a part; a candidate has at most 4 KiB. */
const PART = 3_000;

export function messageParts(kind, text = "", id = random(6)) {
  const count = Math.ceil(text.length / PART) || 1;
  return Array.from({ length: count }, (_, i) => `parley:${kind} ${id} ${i + 1}/${count} ${text.slice(i * PART, (i + 1) * PART)}`);
}

/**
 * Returns a function that takes each candidate of one side, and returns the message that it completes, null if it is a part, or
 * undefined if it belongs to none.
 */
export function messageReader() {
  let parts = [];
  return (candidate) => {
    const [, kind, id, part, count, text] = MESSAGE.exec(candidate) ?? [];
    if (kind === undefined) {
      return undefined;
    }
    parts = part === "1" ? [text] : [...parts, text];
    return part === count ? { kind, id, text: parts.join("") } : null;
  };
}
