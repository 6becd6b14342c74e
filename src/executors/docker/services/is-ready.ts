import { connect } from 'node:net';
import { errorCode } from '../../../base/index.ts';
import { type Engine, EngineRefusal } from '../engine/engine.ts';
import { runInService } from './run-in-service.ts';
import type { ServiceFacts } from './service-facts.ts';

/** What a service is asked. */
export type Question =
  | { readonly kind: 'health'; readonly command: readonly string[] }
  | { readonly kind: 'ports'; readonly ports: readonly number[] };

export type Readiness = { readonly isReady: true } | { readonly isReady: false; readonly why: string };

const MOST_PORTS = 20;
const LONGEST_CONNECT_MS = 1_000;
const LONGEST_WORDS = 2_048;

/** `HEALTHCHECK_TCP_PORT` among its variables alone; else the HEALTHCHECK of its image; else the ports that it exposes. null: it has none of them, or no address. */
export function questionFor({ environment, healthCommand, exposedPorts, addresses }: ServiceFacts): Question | null {
  const given = environment.findLast((each) => each.startsWith('HEALTHCHECK_TCP_PORT='))?.split('=')[1];
  const port = Number(given);
  const isGiven = given && Number.isInteger(port) && port > 0 && port < 65_536;
  if (healthCommand !== null && !isGiven) return { kind: 'health', command: healthCommand };
  if (addresses.length === 0) return null;
  if (isGiven) return { kind: 'ports', ports: [port] };
  return exposedPorts.length === 0 ? null : { kind: 'ports', ports: exposedPorts.slice(0, MOST_PORTS) };
}

/** @throws Failure `engine_unreachable`, `canceled` */
export function isReady(
  engine: Engine,
  facts: ServiceFacts,
  question: Question,
  signal: AbortSignal,
): Promise<Readiness> {
  return question.kind === 'ports'
    ? someAnswers(engine, facts, { ports: question.ports, signal })
    : isHealthy(engine, facts, { command: question.command, signal });
}

/** As GitLab's runner: one port that answers is enough. */
async function someAnswers(
  engine: Engine,
  { id, addresses }: ServiceFacts,
  { ports, signal }: { readonly ports: readonly number[]; readonly signal: AbortSignal },
): Promise<Readiness> {
  const targets = addresses.flatMap((host) => ports.map((port) => ({ host, port })));
  const answers = await Promise.all(targets.map(({ host, port }) => answerOf(host, port)));
  if (answers.includes('open')) return { isReady: true };
  const isFar = answers.every((answer) => answer === 'unreachable');
  if (isFar && (await listensInside(engine, id, { ports, signal }))) return { isReady: true };
  return {
    isReady: false,
    why: `no answer on ${ports.length === 1 ? 'port' : 'any of the ports'} ${ports.join(', ')}`,
  };
}

function answerOf(host: string, port: number): Promise<'open' | 'closed' | 'unreachable'> {
  const { promise, resolve } = Promise.withResolvers<'open' | 'closed' | 'unreachable'>();
  const socket = connect({ host, port, timeout: LONGEST_CONNECT_MS });
  const end = (answer: 'open' | 'closed' | 'unreachable'): void => {
    socket.destroy();
    resolve(answer);
  };
  socket.once('connect', () => end('open'));
  socket.once('timeout', () => end('unreachable'));
  socket.once('error', (error) => end(errorCode(error) === 'ECONNREFUSED' ? 'closed' : 'unreachable'));
  return promise;
}

/** Of a line of /proc/net/tcp: address, port, state (0A: it listens). */
const LISTENER = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /gm;
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

/** Where no address of a container leads there from here (engines in a virtual machine, rootless ones, a runner in a container), its own kernel is asked. */
async function listensInside(
  engine: Engine,
  id: string,
  { ports, signal }: { readonly ports: readonly number[]; readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    const { output } = await runInService(engine, id, { command: ['cat', '/proc/net/tcp', '/proc/net/tcp6'], signal });
    return [...output.matchAll(LISTENER)].some(
      ([, address = '', port = '']) => !LOOPBACK.test(address) && ports.includes(Number.parseInt(port, 16)),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    // It has no `cat`, or runs no more: then nothing is known.
    return false;
  }
}

/** The engine checks for the first time after the check's interval, 30 s where the image says nothing: until then we run it ourselves. */
async function isHealthy(
  engine: Engine,
  { id, health }: ServiceFacts,
  check: { readonly command: readonly string[]; readonly signal: AbortSignal },
): Promise<Readiness> {
  if (health === 'healthy') return { isReady: true };
  try {
    const { code, output } = await runInService(engine, id, check);
    if (code === 0) return { isReady: true };
    const words = output === '' ? '' : `: ${output.slice(0, LONGEST_WORDS)}`;
    return { isReady: false, why: `its HEALTHCHECK ends with ${code}${words}` };
  } catch (error) {
    // It does not run any more, or has not got the program.
    if (error instanceof EngineRefusal) return { isReady: false, why: `its HEALTHCHECK cannot be run: ${error.words}` };
    if (check.signal.aborted) throw error;
    return { isReady: false, why: 'its HEALTHCHECK does not end' };
  }
}
