export interface Asking {
  readonly token?: string;
  /** Sent as JSON, unless it is bytes or text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  /** Of a JSON body; else null. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly json: any;
}

export async function ask(url: string, method: string, { token, body, headers = {} }: Asking): Promise<Answered> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const isJson = body !== undefined && !isRaw;
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { 'private-token': token }),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(60_000),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = bytes.toString();
  const type = answer.headers.get('content-type') ?? '';
  const json: unknown = type.startsWith('application/json') && text !== '' ? JSON.parse(text) : null;
  return { status: answer.status, headers: answer.headers, bytes, text, json };
}
