import { randomBytes } from 'node:crypto';
import { describeError, Failure } from '../../../base/index.ts';
import { START_PATIENCE_MS, type StepSpec } from '../../executor.ts';
import { STEP_FORBIDDEN } from '../../steps/step-directory.ts';
import type { Programs } from '../programs/programs.ts';
import type { ProgramAnswer } from '../run-program.ts';
import { forbidProgram, NOT_BEGUN, scriptData, startProgram } from './step-programs.ts';

export interface StartOptions {
  readonly programs: Pick<Programs, 'ask'>;
  readonly stateDir: string;
  readonly projectDir: string;
  readonly shell: () => Promise<string>;
  /** What every step begins with. */
  readonly environment: () => Promise<readonly string[]>;
}

const RANDOM_BYTES = 6;

export type Claim =
  | { readonly kind: 'forbidden' }
  /** `<pid> <start> <boot>`; empty: not known. */
  | { readonly kind: 'claimed'; readonly wrapper: string };

/** @throws Failure `step_not_started`, `step_forbidden`; `reach_cut`, `place_lost`: it may still come to be started */
export async function startRemoteStep(options: StartOptions, { id, script }: StepSpec): Promise<Claim> {
  const { programs, stateDir, projectDir } = options;
  const random = makeRandom();
  const data = scriptData(script, random);
  const [environment, shell] = [await options.environment(), await options.shell()];
  const program = startProgram({ stateDir, id, random, projectDir, shell, environment, bytes: data.length });
  const answer = await programs.ask({ what: 'start', program, data, as: 'user', patienceMs: START_PATIENCE_MS });
  const claim = parseClaim(answer);
  if (claim?.kind === 'claimed') return claim;
  if (claim?.kind === 'forbidden')
    throw new Failure(STEP_FORBIDDEN, `step ${id} was not started: it has been given up (${stateDir}/steps/${id})`);
  const why = answer.code === NOT_BEGUN ? 'its wrapper did not begin' : 'its directory cannot be written';
  throw new Failure('step_not_started', `step ${id} was not started: ${why}${said(answer)}`);
}

/** Whoever has the step then: it is settled. @throws Failure as `Programs.ask`, `executor_failed` */
export async function forbidRemoteStep(
  { programs, stateDir }: Pick<StartOptions, 'programs' | 'stateDir'>,
  id: string,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<Claim> {
  const program = forbidProgram({ stateDir, id }, makeRandom());
  const answer = await programs.ask({ what: 'forbid', program, as: 'user', patienceMs });
  const claim = parseClaim(answer);
  if (claim === null) throw new Failure('executor_failed', `cannot forbid ${id}${said(answer)}`);
  return claim;
}

export function makeRandom(): string {
  return randomBytes(RANDOM_BYTES).toString('hex');
}

function parseClaim({ code, stdout }: ProgramAnswer): Claim | null {
  const [, word, wrapper = ''] = /^(forbidden|claimed)(?: (\d+ \S+ \S+)?)?\n/.exec(stdout.toString()) ?? [];
  if (code !== 0 || word === undefined) return null;
  return word === 'forbidden' ? { kind: 'forbidden' } : { kind: 'claimed', wrapper };
}

export function said({ code, stderr }: ProgramAnswer): string {
  return stderr.trim() === '' ? ` (exit code ${code})` : `: ${stderr.trim()}`;
}

/** Words for whoever reads why a start failed that may still come true. */
export function notHeardOf(id: string, error: Failure): Failure {
  return new Failure('step_not_started', `step ${id} was not started, as far as is known: ${describeError(error)}`, {
    cause: error,
  });
}
