// A peer outside of a browser: it uses parley.js as a page does, with the connection of @roamhq/wrtc. It says hello to the other side,
// prints what it hears, and ends.
//
//   node peer.mjs SERVICE NAMESPACE TOPIC host
//   node peer.mjs SERVICE NAMESPACE TOPIC join

import wrtc from "@roamhq/wrtc";
import { Parley } from "./parley.mjs";

const [service, namespace, topic, part] = process.argv.slice(2);
const parley = new Parley(service, { namespace, topic });
const pc = new wrtc.RTCPeerConnection();
const channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
const heard = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));

const session = part === "host" ? await parley.host(pc) : await parley.join((await parley.find())[0].code, pc);
console.log(`${session.side} of ${session.code}`);
await session.connected;
channel.send("Hello from Node");
console.log(`heard ${await heard}`);
await session.close();
pc.close();
