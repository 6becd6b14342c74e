import type { Readable } from 'node:stream';
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { addRoutes } from './add-routes.ts';
import { DOCUMENT, pageUrl } from './address/page-address.ts';
import { repositoryUrl } from './address/repository-url.ts';
import { compileLate } from './compile-late.ts';
import { ownConnections } from './connections.ts';
import { errorReply } from './error-reply.ts';
import { SECRET_PARAMETERS } from './paging.ts';
import { lingerBriefly } from './request/linger.ts';
import { parseQuery, refuseQuery } from './request/parse-nested.ts';
import { readBodies } from './request/read-bodies.ts';
import { requestId } from './request/request-id.ts';
import { countRequests, sentStatus } from './request-figures.ts';
import { HTTP_LIMITS, type ServerOptions } from './server-options.ts';

const CHECKED_MS = 10_000;
const LONGEST_PARAMETER = 2_000;

/** The HTTP side, not listening yet. Two worlds of bodies: what is read whole before a handler is called, and what a handler reads as it comes. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { idleMs, headersMs, bodyMs, requestMs, lingerMs, mostConnections } = options.limits ?? HTTP_LIMITS;
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestId(request.headers['x-request-id']),
    trustProxy: options.trustProxy,
    rewriteUrl: ({ url = '/', method, headers }) => pageUrl(url, method, headers) ?? repositoryUrl(url),
    frameworkErrors: refuseAddress,
    connectionTimeout: idleMs,
    keepAliveTimeout: idleMs,
    requestTimeout: requestMs,
    // Node looks this often who is late.
    http: { headersTimeout: headersMs, connectionsCheckingInterval: Math.min(headersMs, CHECKED_MS) },
    routerOptions: {
      maxParamLength: LONGEST_PARAMETER,
      querystringParser: parseQuery,
    },
    schemaController: { compilersFactory: { buildValidator: compileLate } },
    ajv: { customOptions: { coerceTypes: 'array', useDefaults: true, allErrors: false } },
  });
  // Answers are what handlers say: a serializer made from the schema would turn what it does not know into nothing.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  addHeaders(app, options.version);
  addErrors(app);
  addLog(app);
  const serving = { ...options, figures: countRequests(app) };
  app.addHook('onRequest', async ({ query }) => refuseQuery(query));
  ownConnections(app, options.clock, mostConnections);
  lingerBriefly(app, lingerMs);
  await app.register(swagger, {
    openapi: openApi(options),
    transformObject: withTrueNeeds,
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
  });
  await app.register((whole, _options, done) => {
    readBodies(whole, bodyMs);
    addRoutes(
      whole,
      options.routes.filter(({ body }) => body !== 'stream'),
      serving,
    );
    done();
  });
  await app.register((streams, _options, done) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request: unknown, _payload: Readable, parsed: (error: null) => void) =>
      parsed(null),
    );
    addRoutes(
      streams,
      options.routes.filter(({ body }) => body === 'stream'),
      serving,
    );
    done();
  });
  return app;
}

function openApi({ base, version }: ServerOptions): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: { title: 'Epilogue', version, description: 'GitLab REST v4 and runner API, with additions.' },
    servers: [{ url: base }],
    security: [{ private_token: [] }, { bearer: [] }, { job_token: [] }, {}],
    components: {
      securitySchemes: {
        private_token: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' },
        bearer: { type: 'http', scheme: 'bearer' },
        job_token: { type: 'apiKey', in: 'header', name: 'JOB-TOKEN' },
      },
    },
  };
}

type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;

/** A body is needed only where something in it is. */
const withTrueNeeds: TransformObject = (document) => {
  if (!('openapiObject' in document)) return document.swaggerObject;
  for (const operations of Object.values(document.openapiObject.paths ?? {})) {
    for (const { requestBody } of Object.values(operations as Record<string, Described>)) {
      if (requestBody === undefined) continue;
      requestBody.required = Object.values(requestBody.content).some(
        ({ schema }) => (schema.required ?? []).length > 0,
      );
    }
  }
  return document.openapiObject;
};

interface Described {
  readonly requestBody?: {
    required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: { readonly required?: readonly string[] } }>>;
  };
}

function addHeaders(app: FastifyInstance, version: string): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // Tells our runner that what goes beyond GitLab's protocol is understood here.
    reply.header('epilogue-version', version);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
  });
}

function addErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const known = errorReply(error);
    if (known === null) {
      request.log.error({ err: error }, 'request failed');
      return reply.code(500).send({ message: '500 Internal Server Error', request_id: request.id });
    }
    if (known.status >= 500) request.log.warn({ err: error }, 'request refused');
    return reply.code(known.status).headers(known.headers).send(known.body);
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: '404 Not Found' }));
}

/** One line a request, when it is over, also when its client left before. */
function addLog(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.on('close', () => logRequest(request, reply));
  });
}

/** Of a path that is no text, or a part of it too long: no hook is called for these. */
function refuseAddress({ statusCode = 400 }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('close', () => logRequest(request, reply));
  const error = statusCode === 414 ? `a part of the path is longer than ${LONGEST_PARAMETER}` : 'path is invalid';
  reply.code(statusCode).header('x-request-id', request.id).send({ error });
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const facts = {
    method: request.method,
    url: withoutSecrets(request.url === DOCUMENT ? request.originalUrl : request.url),
    status: sentStatus(reply),
    ms: Math.round(reply.elapsedTime * 10) / 10,
    remote: request.ip,
  };
  request.log.info(facts, 'request');
}

export function withoutSecrets(url: string): string {
  const at = url.indexOf('?');
  if (at < 0) return url;
  const query = new URLSearchParams(url.slice(at));
  for (const name of SECRET_PARAMETERS) if (query.has(name)) query.set(name, '[hidden]');
  return `${url.slice(0, at)}?${query}`;
}
