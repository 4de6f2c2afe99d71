// One HTTP call with JSON; an error reply becomes an Error with the status and the detail.

export async function call(method, url, { headers = {}, body } = {}) {
  const request = { method, headers: { ...headers } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const response = await fetch(url, request);
  const reply = await response.json();
  if (!response.ok) {
    // detail of the native API (RFC 9457), error of the compatible one
    throw new Error(`${response.status} ${reply.detail ?? reply.error}`);
  }
  return reply;
}
