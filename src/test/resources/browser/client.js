// What a test does in a page with parley.js. The service that the page uses is named by `?service=`; a test speaks to `window`.
//
//   begin(options)      a Parley of its own with a fresh connection; options as the constructor takes them
//   host(options)       and join(code, options) as Parley's, but waiting for nothing more than they do
//   happened            what the session said happened, in words
//   heard               the messages of the other side

const service = new URLSearchParams(location.search).get("service");
const { Parley } = await import(`${service}/parley.js`);

const SAID = ["offer", "answer", "candidate", "end-of-candidates", "connected", "waiting", "problem", "closed"];

Object.assign(window, {
  Parley,
  service,
  happened: [],
  heard: [],

  begin(options) {
    window.parley = new Parley(service, options);
    window.pc = new RTCPeerConnection();
    window.channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
    channel.addEventListener("message", ({ data }) => heard.push(data));
    parley.addEventListener("session", ({ detail }) => watch(detail.session));
  },

  async host(options) {
    window.session = await parley.host(pc, options);
    return session.code;
  },

  async join(code, options) {
    window.session = await parley.join(code, pc, options);
  },

  /** What a promise was broken with, in words; null if it was kept. */
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
  for (const type of SAID) {
    session.addEventListener(type, ({ detail }) => tell(type, detail));
  }
}

function tell(type, detail) {
  const more = detail?.transport ?? detail?.error?.message ?? (detail?.side && `${detail.side} ${detail.generation}`) ?? "";
  const words = `${type} ${more}`.trim();
  happened.push(words);
  const item = document.createElement("li");
  item.textContent = words;
  document.getElementById("happened").append(item);
}
