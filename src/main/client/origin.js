/** The origin of this page or worker; undefined in Node, and for a page that is a file. */
export function ownOrigin() {
  return [globalThis.origin, globalThis.location?.origin].find((origin) => /^[\w+.-]+:\/\/./.test(origin));
}
