// Compiled only: what the types of parley-client must accept, and what they must reject.

import { Parley, ParleyError, ParleySession } from "parley-client";
import type { HostOptions, Listing, ParleyOptions, Side, Transport } from "parley-client";

declare const page: { key?: string; topic?: string; signal?: AbortSignal };

// Properties that may be undefined can be passed on, also with exactOptionalPropertyTypes.
const options: ParleyOptions = { key: page.key, topic: page.topic, namespace: undefined };
const parley = new Parley("https://parley.example", options);
new Parley(new URL("https://parley.example"), { key: async () => (await fetch("/token")).text() });
new Parley(undefined, { key: () => "key", transport: "poll" });
// @ts-expect-error: no such transport
new Parley("https://parley.example", { transport: "pigeon" });
// @ts-expect-error: no such option
new Parley("https://parley.example", { keys: "" });

parley.addEventListener("session", ({ detail: { session } }) => watch(session));
parley.addEventListener("retry", ({ detail: { error, attempt, delay } }) => [error.status, attempt * delay]);
parley.addEventListener("served", ({ detail }) => detail.node?.length);

export async function host(pc: RTCPeerConnection): Promise<string> {
  const hosting: HostOptions = { topic: null, tags: ["video"], signal: page.signal };
  const session = await parley.host(pc, hosting);
  await session.connected;
  const expires: string | null = session.expiresAt;
  return expires ?? session.shareLink(new URL("https://chess.example"));
}

export async function join(): Promise<Side | undefined> {
  const pc = new RTCPeerConnection({ iceServers: await parley.iceServers() });
  const [found]: Listing[] = await parley.find("chess", { limit: 1 });
  // @ts-expect-error: there may be none
  found.code;
  return found && (await parley.join(found.code, pc, { peerId: "bob", resume: false })).side;
}

export async function meetings(makePc: () => RTCPeerConnection): Promise<void> {
  const { pc }: ParleySession = await parley.meet("chess", makePc, { signal: page.signal });
  await parley.meet("chess", pc);
  const [found] = await parley.find("chess", { wait: true });
  const serving = parley.serve("chess", makePc, { whip: true });
  parley.serve("chess", { makePc: (listing) => (listing?.tags.includes("whip") ? pc : makePc()) });
  for await (const session of serving) {
    console.log(found?.code, session.code);
  }
  const room = await parley.room<{ name: string }>("tea", { data: { name: "Ada" }, max: 4 });
  room.addEventListener("join", ({ detail: { peer } }) => peer.channel.send(peer.data.name));
  room.send(new Uint8Array(8));
  // @ts-expect-error: data has no such field
  room.peers[0]?.data.age;
}

function watch(session: ParleySession): void {
  session.addEventListener("waiting", ({ detail }) => {
    const transport: Transport = detail.transport;
    console.log(transport);
  });
  session.addEventListener("closed", ({ detail: { error } }) => {
    console.log(error instanceof ParleyError ? `${error.status}: ${error.detail}` : error?.message);
  });
  // @ts-expect-error: sessions are made by Parley
  new ParleySession();
  // @ts-expect-error: read only
  session.code = "";
}
