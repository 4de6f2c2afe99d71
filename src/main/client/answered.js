/** Whether a hosted session is answered before it ends; rejects if it ends with an error. */
export function isAnswered(session) {
  return new Promise((resolve, reject) => {
    const settle = ({ type, detail: { error } }) => (error ? reject(error) : resolve(type === "answer"));
    session.addEventListener("answer", settle);
    session.addEventListener("closed", settle);
    if (session.pc.signalingState === "stable") {
      resolve(true); // continued after a reload
    }
  });
}
