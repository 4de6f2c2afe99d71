// The key that a service may ask for. The tab keeps it, and forgets it when it is closed.

import { at } from "./elements.js";

const PLACE = "parley-key";

export const key = sessionStorage.getItem(PLACE) ?? undefined;

/** Asks for a key where `error` says that one is wanted, or another. */
export function askFor(error) {
  if (error.status === 401 || error.status === 403) {
    at("key").hidden = false;
  }
}

/** @param invitation gives the fragment with which the page is to begin again, once there is a key */
export function takeKey(invitation) {
  at("key").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(PLACE, at("key").elements.key.value.trim());
    history.replaceState(null, "", location.pathname + location.search + invitation());
    location.reload();
  });
}
