// One end of a WebRTC connection. Where the two ends find and hear each other is left to the API that it is given:
//
//   api.open(topic, offer)   opens a session with an SDP offer
//   api.join(code)           finds the session that somebody else opened
//
// Both resolve to a session, one side of the rendezvous:
//
//   session.code
//   session.offer               the other end's SDP offer, in a session joined
//   session.answer(sdp)         fails unless this is the first answer
//   session.trickle(candidate)  one RTCIceCandidate of ours, or null when there will be no more
//   session.listen()            what the other end has said since the last call: { answer, candidates }

const POLL_INTERVAL_MS = 200;

export class Peer {
  #api;
  #show;
  #channel;
  #connection;

  /**
   * `show` is told what happens: state(connection), ours(candidate), theirs(candidate), open() when messages can go,
   * heard(message), problem(error). The configuration is an RTCConfiguration; without STUN and TURN two pages on one machine
   * reach each other as they are.
   */
  constructor(api, show, configuration = {}) {
    this.#api = api;
    this.#show = show;
    this.#connection = new RTCPeerConnection(configuration);
    for (const change of ["signalingstatechange", "icegatheringstatechange", "connectionstatechange"]) {
      this.#connection.addEventListener(change, () => show.state(this.#connection));
    }
  }

  /** Waits under `topic` for somebody to join; resolves to the session's code. */
  async offer(topic) {
    this.#talkThrough(this.#connection.createDataChannel("talk"));
    const offer = await this.#connection.createOffer();
    const session = await this.#api.open(topic, offer.sdp);
    // The first candidate comes after this call and not before it, so there is always a session to put it in.
    this.#trickleInto(session);
    await this.#connection.setLocalDescription(offer);
    this.#follow(session);
    return session.code;
  }

  /** Answers the session of that code, if nobody else has. */
  async join(code) {
    const session = await this.#api.join(code);
    this.#connection.ondatachannel = ({ channel }) => this.#talkThrough(channel);
    await this.#connection.setRemoteDescription({ type: "offer", sdp: session.offer });
    const answer = await this.#connection.createAnswer();
    await session.answer(answer.sdp);
    this.#trickleInto(session);
    await this.#connection.setLocalDescription(answer);
    this.#follow(session);
    return session.code;
  }

  /** Sends a message over the connection; the service does not see it. */
  say(message) {
    this.#channel.send(message);
  }

  #talkThrough(channel) {
    this.#channel = channel;
    channel.onopen = () => this.#show.open();
    channel.onmessage = ({ data }) => this.#show.heard(data);
  }

  #trickleInto(session) {
    this.#connection.onicecandidate = ({ candidate }) => {
      if (candidate) {
        this.#show.ours(candidate);
      }
      session.trickle(candidate).catch(this.#show.problem);
    };
  }

  /** Asks on after the connection stands, for a better path may still be offered. */
  async #follow(session) {
    try {
      while (this.#connection.connectionState !== "closed") {
        await this.#take(await session.listen());
        await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
      }
    } catch (error) {
      this.#show.problem(error);
    }
  }

  /** The answer first: a candidate means nothing to a connection that has no remote description yet. */
  async #take({ answer, candidates }) {
    if (answer && this.#connection.signalingState === "have-local-offer") {
      await this.#connection.setRemoteDescription({ type: "answer", sdp: answer });
    }
    for (const candidate of candidates) {
      await this.#connection.addIceCandidate(candidate);
      this.#show.theirs(candidate);
    }
  }
}
