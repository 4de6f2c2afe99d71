// A peer in Node that sends one message, prints the message of the other side, and ends. It continues the lines of the guide to the
// browser client, which define parley and pc:
//
//   node peer.mjs host
//   node peer.mjs join
//
// node-datachannel does not report the states of its channels: WAIT_FOR_OPEN makes the peer wait for it.

const part = process.argv[2];
const channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
const open = new Promise((resolve) => (channel.onopen = resolve));
const received = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));

const session = part === "host" ? await parley.host(pc) : await parley.join((await parley.find())[0].code, pc);
console.log(`${session.side} of ${session.code}`);
await session.connected;
if (process.env.WAIT_FOR_OPEN) await open;
channel.send("Hello from Node");
console.log(`received ${await received}`);
await session.close();
pc.close();
