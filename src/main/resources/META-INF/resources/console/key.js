// The key that a service may ask for. The tab keeps it, and forgets it when it is closed.

import { Parley } from "../parley.js";
import { at, put } from "./elements.js";
import { reason } from "./reasons.js";

const PLACE = "parley-key";
const WRONG = "This key is not valid: it is wrong, has expired or was revoked.";

/** What a header can carry. */
const KEY = /^[\x21-\x7e]+$/;

export const key = sessionStorage.getItem(PLACE) ?? undefined;

/** Whether `error` says that a key is needed, or another than the one that was sent. */
function isAboutKey(error) {
  return error.status === 401 || (error.status === 403 && key !== undefined && error.type === "about:blank");
}

/** Why a call failed, in words for a visitor; where a key is needed, or another, the page asks for it. */
export function reasonOf(error, side) {
  if (!isAboutKey(error)) {
    return reason(error, side);
  }
  at("key").hidden = false;
  if (key === undefined) {
    return "This service needs a key. Enter it above to continue.";
  }
  const words = error.status === 401 ? WRONG : `This key does not permit that. ${error.detail}`;
  refuse(words);
  return words;
}

/**
 * Takes the key that a visitor enters, if the service takes it; then the page begins again with it.
 *
 * @param invitation gives the fragment with which the page is to begin again
 */
export function takeKey(invitation) {
  at("key").addEventListener("submit", async (event) => {
    event.preventDefault();
    const entered = at("secret").value.trim();
    try {
      await check(entered);
    } catch (error) {
      refuse(error.status === 401 ? WRONG : reason(error));
      at("secret").focus();
      at("secret").select();
      return;
    }
    sessionStorage.setItem(PLACE, entered);
    history.replaceState(null, "", location.pathname + location.search + invitation());
    location.reload();
  });
}

async function check(entered) {
  if (!KEY.test(entered)) {
    throw new Error("This key is not valid: a key has no spaces, and no letters other than A to Z.");
  }
  await new Parley(undefined, { key: entered, patience: 0 }).topics({ limit: 1 });
}

function refuse(words) {
  at("key-error").hidden = false;
  put("key-error", words);
  at("secret").setAttribute("aria-invalid", "true");
}
