import { type Clock, describeError, errorCode, Failure } from '../../base/index.ts';
import { engineAddress } from './engine/address.ts';
import { createEngine } from './engine/engine.ts';
import type { DockerSettings } from './settings.ts';

/** How long an engine that is asked whether it is there has for its answer. */
const ANSWER_MS = 1_000;

/** Asks the engine whether it is there, for a second at most. @returns null: it is; else why not, with its address, for people. Never rejects. */
export async function whyNoEngine(
  { host, tlsCertPath: certPath, tlsVerify }: DockerSettings,
  { clock, env }: { readonly clock: Clock; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<string | null> {
  try {
    const address = engineAddress({ host, certPath, tlsVerify, env });
    const engine = createEngine({ address, clock, patienceMs: 0 });
    const answer = await engine.open('GET', '/_ping', { timeoutMs: ANSWER_MS });
    answer.on('error', () => {}).destroy();
    return null;
  } catch (error) {
    const mayNot = error instanceof Failure && errorCode(error.cause) === 'EACCES';
    return `${describeError(error)}${mayNot ? ' (users of the group that owns the socket may ask it)' : ''}`;
  }
}
