import { Failure } from '../../base/index.ts';
import type { RunnerSettings } from '../../runner/index.ts';
import { openServer } from '../wire/http/server.ts';
import {
  type NewRunner,
  type Registered,
  type RegistrationMeans,
  registerRunner,
  resetToken,
  resetTokenAs,
  type Unregistered,
  unregisterRunner,
  type Verification,
  verifyRunner,
} from '../wire/registration.ts';
import { runnerInfo } from '../wire/runner-info.ts';

export type { NewRunner, Registered, Unregistered, Verification };

/** A server, for whoever makes, looks at or takes out a runner there. Nothing throws for what the server says. */
export interface RunnerServer {
  verify(token: string): Promise<Verification>;
  register(runner: NewRunner): Promise<Registered>;
  unregister(token: string): Promise<Unregistered>;
  /** Draws a new token with the present one. */
  resetToken(token: string): Promise<Registered>;
  /** Draws a new token with a person's. */
  resetTokenAs(id: number, personalToken: string): Promise<Registered>;
}

export interface RunnerServerOptions {
  readonly url: string;
  readonly executor: string;
  readonly tls: RunnerSettings['tls'];
  readonly systemId: string;
  readonly version: string;
}

export function openRunnerServer({ url, executor, tls, systemId, version }: RunnerServerOptions): RunnerServer {
  if (url === '') throw new Failure('no_url', 'there is no address of a server');
  const server = openServer({ url: () => url, version, tls });
  const means: RegistrationMeans = { server, systemId, info: runnerInfo({ version, executor }) };
  return {
    verify: (token) => verifyRunner(means, token),
    register: (runner) => registerRunner(means, runner),
    unregister: (token) => unregisterRunner(means, token),
    resetToken: (token) => resetToken(means, token),
    resetTokenAs: (id, personalToken) => resetTokenAs(means, { id, personalToken }),
  };
}
