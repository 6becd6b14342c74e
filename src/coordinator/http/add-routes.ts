import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { describeError, invariant } from '../../base/index.ts';
import { ruleOf } from '../access/index.ts';
import type { Answer, Later } from './answer.ts';
import { addFromQuery } from './request/add-from-query.ts';
import { authorize, refuseCredential } from './request/authorize.ts';
import { queryOf } from './request/credentials.ts';
import { readLooseTexts } from './request/read-loose-texts.ts';
import { sessionCookie } from './request/session-cookie.ts';
import type { RequestFigures } from './request-figures.ts';
import type { Call, EventSchemas, Route } from './route.ts';
import type { ServerOptions } from './server-options.ts';

/** What routes are served with. */
export interface ServingOptions extends ServerOptions {
  readonly figures: RequestFigures;
}

interface Serving extends ServingOptions {
  /** How to end each wait for an answer that comes later. */
  readonly waiting: Set<() => void>;
}

/** Puts routes of the table where requests reach them. Who asks is looked at before anything of the body is read. */
export function addRoutes(app: FastifyInstance, routes: readonly Route[], options: ServingOptions): void {
  const serving = { ...options, waiting: new Set<() => void>() };
  options.stopping.addEventListener('abort', () => {
    for (const over of [...serving.waiting]) over();
  });
  for (const route of routes) {
    const isOnProject = ruleOf(route.action).on === 'project';
    invariant(!isOnProject || route.path.includes('/:id'), `${route.path} names no project`);
    app.route({
      method: route.method,
      url: route.path,
      schema: schemaOf(route),
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      onRequest: async (request, reply) => {
        entries.set(request, await enter(route, request, reply, options));
      },
      preValidation: async (request) => readLoosely(route, request),
      // Not a promise: the framework would keep it, and with it all of a request that is answered later.
      handler: (request, reply) => {
        handle(route, request, reply, serving).catch((error: unknown) => fail(reply, error));
      },
    });
  }
}

function readLoosely({ query, body }: Route, request: FastifyRequest): void {
  if (query !== undefined) readLooseTexts(query, request.query);
  if (body === undefined || body === 'stream') return;
  // A request without a body has no parameters in it; which of them are needed is for the schema to say.
  request.body ??= {};
  addFromQuery(body, request.body, request.query);
  readLooseTexts(body, request.body);
}

type Entered = Pick<Call, 'principal' | 'project'>;
const entries = new WeakMap<FastifyRequest, Entered>();

async function enter(
  route: Route,
  request: FastifyRequest,
  { raw }: FastifyReply,
  { gate, base }: ServerOptions,
): Promise<Entered> {
  const { id } = request.params as { readonly id?: string };
  const { principal, project } = await authorize(gate, {
    action: route.action,
    method: request.method,
    projectName: id,
    headers: request.headers,
    query: queryOf(request.url),
    remoteAddress: request.ip,
    // Not by the framework: a handler may take the connection, and its answer is to say it too.
    onSession: (session, cookie) => {
      raw.setHeader('epilogue-user', session?.principal.user.username ?? '');
      if (session?.isRenewed === true) raw.setHeader('set-cookie', sessionCookie(cookie, base));
    },
  });
  // Only routes on a project ask for it, and those are not entered without.
  return { principal, project: project as Entered['project'] };
}

async function handle(route: Route, request: FastifyRequest, reply: FastifyReply, serving: Serving): Promise<void> {
  const { base, stopping, figures, gate } = serving;
  const entered = entries.get(request);
  invariant(entered !== undefined, 'a request is let in before it is handled');
  const signal = whenOver(reply.raw, stopping);
  const answer = await route.handle({
    ...entered,
    params: request.params as never,
    query: request.query as never,
    body: (route.body === 'stream' ? undefined : (request.body ?? {})) as never,
    headers: request.headers,
    url: pathOf(request.url),
    base,
    remoteAddress: request.ip,
    requestId: request.id,
    refuse: (refusal) => refuseCredential(gate, request.ip, refusal),
    openApi: () => request.server.swagger(),
    requests: figures.read,
    get signal() {
      return signal();
    },
    raw: { request: request.raw, response: reply.raw },
  });
  if ('taken' in answer) reply.hijack();
  else if ('later' in answer) sendLater(reply, answer, serving);
  else send(reply, request.method === 'HEAD' ? headOf(answer) : answer);
}

function sendLater(reply: FastifyReply, { later }: Later, { stopping, waiting }: Serving): void {
  reply.request.body = undefined;
  const over = later((answer) => {
    answer
      .then((known) => send(reply, known))
      .catch((error: unknown) => fail(reply, error))
      .finally(() => waiting.delete(over));
  });
  waiting.add(over);
  reply.raw.on('close', over);
  if (stopping.aborted || reply.raw.closed) over();
}

function fail(reply: FastifyReply, error: unknown): void {
  if (reply.sent) reply.log.error({ err: error }, 'request failed after its answer');
  // Anything else would be taken for an answer.
  else reply.send(error instanceof Error ? error : new Error(describeError(error)));
}

/** What would be sent, without reading it. */
function headOf(answer: Answer): Answer {
  if (!(answer.body instanceof Readable)) return answer;
  answer.body.on('error', () => {});
  answer.body.destroy();
  return { ...answer, body: Readable.from([]) };
}

const GONE = new Error('the connection is gone');

/** Made when it is asked for: most handlers never do, and to make and abort one costs as much as a small query. */
function whenOver(response: ServerResponse, stopping: AbortSignal): () => AbortSignal {
  let signal: AbortSignal | null = null;
  return () => {
    if (signal !== null) return signal;
    const gone = new AbortController();
    if (response.closed) gone.abort(GONE);
    else response.once('close', () => gone.abort(GONE));
    signal = AbortSignal.any([gone.signal, stopping]);
    return signal;
  };
}

function send(reply: FastifyReply, { status, body, headers = {} }: Answer): void {
  reply.code(status).headers(headers);
  const isBytes =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable;
  if (isBytes) reply.send(body);
  else reply.type('application/json').send(JSON.stringify(body));
}

/** Of a target that is a whole address, as proxies are asked with, the part that is ours. */
function pathOf(target: string): string {
  const path = target.replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** As `readBodies` reads them. */
const BODY_KINDS = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];

function schemaOf(route: Route): Record<string, unknown> {
  const { params, query, body, answers, events, summary, tag, hidden, action } = route;
  const responses = Object.entries(answers).map(([status, schema]) => [status, schema ?? { type: 'null' }] as const);
  const told = events === undefined ? {} : { 200: streamOf(events) };
  return {
    summary,
    tags: [tag],
    operationId: `${route.method.toLowerCase()} ${route.path}`,
    description: `Action: ${action}.`,
    ...(hidden === true ? { hide: true } : {}),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined || body === 'stream' ? {} : { body: body as TSchema, consumes: BODY_KINDS }),
    response: { ...Object.fromEntries(responses), ...told },
  };
}

/** Of the document's ways to describe a stream none says which data are of which event: each is shown as the two together. */
function streamOf(events: EventSchemas): object {
  const each = Object.entries(events).map(([event, data]) => Type.Object({ event: Type.Literal(event), data }));
  return { content: { 'text/event-stream': { schema: Type.Union(each) } } };
}
