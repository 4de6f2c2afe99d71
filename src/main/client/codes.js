export const CODE = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$/;
export const CODE_BYTES = 16;
export const TOKEN_BYTES = 24;

/** A random secret or name. */
export function random(bytes) {
  return base64url(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))));
}

/** Base64url without padding, of characters below 256. */
export function base64url(text) {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
