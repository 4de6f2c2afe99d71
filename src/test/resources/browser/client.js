// The page of a test that uses parley.js. `?service=` names the service; tests use these members of `window`:
//
//   begin(options)      creates a Parley and a connection; options as for the constructor
//   host(options)       calls the method of Parley, as does join(code, options); with `makes` the connection is a function
//   addVideo()          adds a track with moving pictures to the connection; receivesVideo() is whether frames are decoded
//   configuration       of the connections that begin() and a function make
//   useMeetings()       imports meeting.js as `meeting`
//   eventLog            the events of the session as text
//   received            the messages of the other side

const service = new URLSearchParams(location.search).get("service");
const { Parley } = await import(`${service}/parley.js`);

const EVENTS = ["offer", "answer", "candidate", "end-of-candidates", "connected", "replaced", "waiting", "problem", "closed"];

Object.assign(window, {
  Parley,
  service,
  eventLog: [],
  received: [],

  begin(options) {
    window.parley = new Parley(service, options);
    parley.addEventListener("session", ({ detail }) => watch(detail.session));
    makePc();
  },

  makePc() {
    window.pc = new RTCPeerConnection(window.configuration);
    window.channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
    const receive = ({ data }) => received.push(data);
    channel.addEventListener("message", receive);
    pc.addEventListener("datachannel", (event) => event.channel.addEventListener("message", receive));
    return pc;
  },

  async host({ makes, ...options } = {}) {
    window.session = await parley.host(makes ? makePc : pc, options);
    return session.code;
  },

  async join(code, { makes, ...options } = {}) {
    window.session = await parley.join(code, makes ? makePc : pc, options);
  },

  async useMeetings() {
    window.meeting = await import("./meeting.js");
  },

  addVideo() {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    setInterval(() => context.fillRect(0, 0, Math.random() * canvas.width, canvas.height), 50);
    const stream = canvas.captureStream();
    return pc.addTrack(stream.getTracks()[0], stream);
  },

  async receivesVideo() {
    const stats = Array.from((await pc.getStats()).values());
    return stats.some(({ type, framesDecoded }) => type === "inbound-rtp" && framesDecoded > 0);
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
