// The page of a test that uses parley.js. `?service=` names the service; tests use these members of `window`:
//
//   begin(options)      creates a Parley and a connection; options as for the constructor
//   host(options)       calls the method of Parley, as does join(code, options)
//   eventLog            the events of the session as text
//   received            the messages of the other side

const service = new URLSearchParams(location.search).get("service");
const { Parley } = await import(`${service}/parley.js`);

const EVENTS = ["offer", "answer", "candidate", "end-of-candidates", "connected", "waiting", "problem", "closed"];

Object.assign(window, {
  Parley,
  service,
  eventLog: [],
  received: [],

  begin(options) {
    window.parley = new Parley(service, options);
    window.pc = new RTCPeerConnection();
    window.channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
    channel.addEventListener("message", ({ data }) => received.push(data));
    parley.addEventListener("session", ({ detail }) => watch(detail.session));
  },

  async host(options) {
    window.session = await parley.host(pc, options);
    return session.code;
  },

  async join(code, options) {
    window.session = await parley.join(code, pc, options);
  },

  /** The reason of a rejected promise; null if it was fulfilled. */
  async failure(promise) {
    return promise.then(
      () => null,
      ({ name, status, type, detail, message }) => ({ name, status, type, detail: detail ?? message }),
    );
  },
});

document.body.dataset.ready = "true";

function watch(session) {
  window.session = session;
  for (const type of EVENTS) {
    session.addEventListener(type, ({ detail }) => log(type, detail));
  }
}

function log(type, detail) {
  const more = detail?.transport ?? detail?.error?.message ?? (detail?.side && `${detail.side} ${detail.generation}`) ?? "";
  const words = `${type} ${more}`.trim();
  eventLog.push(words);
  const item = document.createElement("li");
  item.textContent = words;
  document.getElementById("eventLog").append(item);
}
