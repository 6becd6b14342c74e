import Type, { type Static } from 'typebox';
import { closed, Lines, maybe } from './scalars.ts';

/** A port number, or text that holds a variable. */
const Port = Type.Union(
  [
    Type.Integer({ minimum: 1, maximum: 65535 }),
    Type.String({
      pattern: '^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]|.*\\$.*)$',
      description: 'a port from 1 to 65535, or a variable',
    }),
  ],
  { description: 'a port from 1 to 65535, or a variable' },
);

const TcpSocket = closed({ port: Port, host: maybe(Type.String({ minLength: 1 })) });
const HttpGet = closed({
  port: Port,
  host: maybe(Type.String({ minLength: 1 })),
  path: maybe(Type.String()),
  scheme: maybe(
    Type.String({ pattern: '^([Hh][Tt][Tt][Pp][Ss]?|.*\\$.*)$', description: 'http or https, or a variable' }),
  ),
  http_headers: maybe(Type.Array(closed({ name: Type.String({ minLength: 1 }), value: Type.String() }))),
});

/** Exactly one of three: three mappings with one key each say so to editors as well. */
export const Handler = Type.Union(
  [closed({ exec: Lines }), closed({ tcp_socket: TcpSocket }), closed({ http_get: HttpGet })],
  { description: 'exactly one of exec, tcp_socket, http_get', 'x-exactly-one': ['exec', 'tcp_socket', 'http_get'] },
);
export type HandlerConfig = Static<typeof Handler>;

const Nothing = Type.Array(Type.Unknown(), { maxItems: 0 });

/** `null` or `[]` removes an inherited hook. */
export const Hooks = closed({
  pre_get_sources_script: maybe(Lines),
  pre_stop_k8s_container_handler: maybe(
    Type.Union([Handler, Nothing], { description: 'exactly one of exec, tcp_socket, http_get' }),
  ),
});
export type HooksConfig = Static<typeof Hooks>;
