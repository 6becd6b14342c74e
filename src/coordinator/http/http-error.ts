/**
 * An answer that is not the one that was asked for, with GitLab's body for it. Thrown by whoever finds out; only the server turns it into bytes.
 */
export class HttpError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) {
    super(JSON.stringify(body));
    this.name = 'HttpError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export function badRequest(why: string): HttpError {
  return new HttpError(400, { message: `400 Bad request - ${why}` });
}

/** What GitLab says of parameters that are missing or not of their kind. */
export function badParameters(error: string): HttpError {
  return new HttpError(400, { error });
}

/** Of a parameter that is no instant. */
export function badInstant(name: string): HttpError {
  return badParameters(`${name} is invalid (it has to be an instant, as 2026-01-31T12:00:00Z)`);
}

/** What GitLab says of values that a record cannot take: field → messages. */
export function invalid(message: Readonly<Record<string, readonly string[]>>): HttpError {
  return new HttpError(400, { message });
}

export function unauthorized(): HttpError {
  return new HttpError(401, { message: '401 Unauthorized' });
}

export function forbidden(why?: string): HttpError {
  return new HttpError(403, { message: why === undefined ? '403 Forbidden' : `403 Forbidden - ${why}` });
}

/** @param what `Project`, `Pipeline`, … */
export function notFound(what?: string): HttpError {
  return new HttpError(404, { message: what === undefined ? '404 Not found' : `404 ${what} Not Found` });
}

export function conflict(why: string): HttpError {
  return new HttpError(409, { message: `409 Conflict - ${why}` });
}

export function tooManyRequests(retryAfterSeconds: number): HttpError {
  const message = '429 Too Many Requests';
  return new HttpError(429, { message }, { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) });
}

/** Not because of whoever asks: there is too much of it just now. */
export function tooBusy(retryAfterSeconds: number): HttpError {
  const message = '503 Service Unavailable - too much is asked at once';
  return new HttpError(503, { message }, { 'retry-after': String(retryAfterSeconds) });
}
