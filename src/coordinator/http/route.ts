import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Static, TObject, TSchema } from 'typebox';
import type { Action, Principal, ProjectAccess } from '../access/index.ts';
import type { Answer, Later } from './answer.ts';
import type { HttpError } from './http-error.ts';
import type { RouteFigures } from './request-figures.ts';

/**
 * One route, as data: nothing is reachable that is not in the table of routes, and each says which action it is, what it takes and what it
 * answers. The same data makes the checks of requests, the authorisation, and the OpenAPI document.
 */
export interface Route<
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  E extends EventSchemas = EventSchemas,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root, parameters as `:name`. One that is on a project has it as `:id`, a number or an encoded path. */
  readonly path: string;
  readonly action: Action;
  /** One line, for the reference. */
  readonly summary: string;
  /** Chapter of the reference. */
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  /** JSON, a form, or the fields of a multipart form. `stream`: the handler reads the bytes. */
  readonly body?: B | 'stream';
  /** Most bytes of a body that is not a stream. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Status → what the answer is; null: no body, or not JSON. */
  readonly answers: Readonly<Record<number, TSchema | null>>;
  /** Of a route that streams: what each of its server-sent events has as data. */
  readonly events?: E;
  /** Not in the reference: what only git or a browser asks for. */
  readonly hidden?: true;
  readonly handle: (
    call: Call<Static<P>, Static<Q>, Static<B>>,
  ) => Promise<Answer | Later | Taken<EventOf<NoInfer<E>>>> | Answer;
}

/** What a handler is given. Credentials and parameters have been checked. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: Principal;
  /** Of an action on a project: the one that the path names. */
  readonly project: ProjectAccess;
  readonly headers: IncomingMessage['headers'];
  /** Path and query as they came. */
  readonly url: string;
  /** Address of this server as its users see it. */
  readonly base: string;
  readonly remoteAddress: string;
  readonly requestId: string;
  /** For a route that looks at a credential of its own kind, of one that is nobody's: counts it, and says what to throw (`refusal`, or 429 after too many). */
  readonly refuse: (refusal: HttpError) => HttpError;
  /** The OpenAPI document of all routes of this server. */
  readonly openApi: () => object;
  /** What this server has answered so far. */
  readonly requests: () => readonly RouteFigures[];
  /** Aborts when the connection is gone, or the server shuts down. */
  readonly signal: AbortSignal;
  /** For handlers that read or write by themselves; who writes answers `TAKEN`. */
  readonly raw: { readonly request: IncomingMessage; readonly response: ServerResponse };
}

/** By name. */
export type EventSchemas = Readonly<Record<string, TSchema>>;

/** Any event that these schemas allow. */
export type EventOf<E extends EventSchemas> = {
  [Name in keyof E & string]: {
    readonly event: Name;
    /** What the watcher says as `Last-Event-ID` when it comes back. */
    readonly id?: number | string;
    readonly data: DeepReadonly<Static<E[Name]>>;
  };
}[keyof E & string];

type DeepReadonly<T> = T extends object ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> } : T;

/** The handler has the connection; nothing more is sent for it. `told`, which is never there: the events that it may have sent. */
export interface Taken<E = never> {
  readonly taken: true;
  readonly told?: E;
}
export const TAKEN: Taken = { taken: true };

/** Checks a route's types against each other: one that says nothing of events sends none. */
export function route<
  P extends TObject,
  Q extends TObject,
  B extends TSchema,
  E extends EventSchemas = Record<never, TSchema>,
>(definition: Route<P, Q, B, E>): Route {
  // Handlers are called with what the schemas beside them let through.
  return definition as unknown as Route;
}
