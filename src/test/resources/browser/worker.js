// A module worker of a test that uses parley.js: waits for a session under `?topic=` of `?service=`, and sends what it has seen.

const query = new URLSearchParams(location.search);
const seen = see().catch(({ message }) => ({ failure: message }));
globalThis.onconnect = ({ ports: [port] }) => seen.then((all) => port.postMessage(all)); // of a SharedWorker
seen.then((all) => globalThis.postMessage?.(all));

async function see() {
  const { Parley } = await import(`${query.get("service")}/parley.js`);
  const parley = new Parley();
  const topic = query.get("topic");
  const transports = [];
  parley.addEventListener("transport", ({ detail }) => transports.push(detail.transport));
  const found = await parley.find(topic, { wait: true });
  return {
    found: found.map(({ peerId }) => peerId),
    transports: transports.slice(0, 1), // null follows a second after the search
    topics: (await parley.topics({ prefix: topic })).map(({ sessions }) => sessions),
    iceServers: (await parley.iceServers()).length > 0,
    room: await parley.room(topic).catch(({ name, message }) => `${name}: ${message}`),
    host: await parley.host().catch(({ name, message }) => `${name}: ${message}`),
  };
}
