// The key that a service may require. It is stored until the tab is closed.

import { Parley } from "../parley.js";
import { at, put } from "./elements.js";
import { reason } from "./reasons.js";

const STORAGE_KEY = "parley-key";
const WRONG = "This key is invalid, expired or revoked.";

/** Characters that a header can contain. */
const KEY = /^[\x21-\x7e]+$/;

export const key = sessionStorage.getItem(STORAGE_KEY) ?? undefined;

/** Whether `error` means that a key, or another key, is required. */
function isAboutKey(error) {
  return error.status === 401 || (error.status === 403 && key !== undefined && error.type === "about:blank");
}

/** The reason of a failure as text for a visitor. If a key is required, the form for it is shown. */
export function reasonOf(error, side) {
  if (!isAboutKey(error)) {
    return reason(error, side);
  }
  at("key").hidden = false;
  if (key === undefined) {
    return "This service needs a key. Enter it above to continue.";
  }
  const words = error.status === 401 ? WRONG : `This key does not permit this. ${error.detail}`;
  refuse(words);
  return words;
}

/**
 * Stores the key that a visitor enters if the service accepts it, and reloads the page.
 *
 * @param invitation returns the fragment for the reloaded page
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
    sessionStorage.setItem(STORAGE_KEY, entered);
    history.replaceState(null, "", location.pathname + location.search + invitation());
    location.reload();
  });
}

async function check(entered) {
  if (!KEY.test(entered)) {
    throw new Error("This key is invalid: a key contains no spaces and no letters other than A to Z.");
  }
  await new Parley(undefined, { key: entered, patience: 0 }).topics({ limit: 1 });
}

function refuse(words) {
  at("key-error").hidden = false;
  put("key-error", words);
  at("secret").setAttribute("aria-invalid", "true");
}
