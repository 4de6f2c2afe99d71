// A peer in Node that sends one message, prints the message of the other side, and ends. It continues the lines of the guide to the
// browser client, which define parley and pc:
//
//   node peer.mjs host
//   node peer.mjs join

const part = process.argv[2];
const channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
const received = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));

const session = part === "host" ? await parley.host(pc) : await parley.join((await parley.find())[0].code, pc);
console.log(`${session.side} of ${session.code}`);
await session.connected;
channel.send("Hello from Node");
console.log(`received ${await received}`);
await session.close();
pc.close();
