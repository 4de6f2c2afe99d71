// One HTTP call with JSON both ways; a refusal becomes an Error with the status and what the service said.

export async function call(method, url, { headers = {}, body } = {}) {
  const request = { method, headers: { ...headers } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const response = await fetch(url, request);
  const reply = await response.json();
  if (!response.ok) {
    // The native API says it in a problem's detail (RFC 9457), the compatible one in error.
    throw new Error(`${response.status} ${reply.detail ?? reply.error}`);
  }
  return reply;
}
