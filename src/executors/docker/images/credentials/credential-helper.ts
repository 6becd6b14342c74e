import { execFile } from 'node:child_process';
import { errorCode } from '../../../../base/index.ts';
import { type Login, parseObject } from './docker-config.ts';

export interface HelperCall {
  /** `ecr-login`: the program is `docker-credential-ecr-login`. */
  readonly name: string;
  /** As Docker says it to such programs. */
  readonly server: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const DEADLINE_MS = 30_000;
const LONGEST_ANSWER_BYTES = 64 * 1024;
/** What such a program says when it knows no login for a server; its exit code is that of any other trouble. */
const NOT_FOUND = 'credentials not found';
/** The name that stands for a token instead of a password. */
const TOKEN_USER = '<token>';

/**
 * Asks a credential helper of Docker's for a login. null: it has none.
 * @throws Error with what is wrong, without anything that the program has printed: it may be secret
 */
export async function askHelper({ name, server, env, signal }: HelperCall): Promise<Login | null> {
  // The name may be a job's: it names a program of PATH, and no other.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no credential helper`);
  const program = `docker-credential-${name}`;
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const options = { env: { ...env }, signal, timeout: DEADLINE_MS, maxBuffer: LONGEST_ANSWER_BYTES };
  const child = execFile(program, ['get'], { ...options, killSignal: 'SIGKILL' }, (error, stdout) => {
    if (error === null) resolve(stdout);
    else if (stdout.includes(NOT_FOUND)) resolve(null);
    else reject(new Error(`${program} ${whatHappened(error)}`));
  });
  // One that does not read what it is asked.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(server);
  const answer = await promise;
  if (answer === null) return null;
  const { Username: username, Secret: secret } = parseObject(answer) ?? {};
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw new Error(`${program} has not answered in JSON`);
  const isToken = username === TOKEN_USER;
  return {
    username: isToken ? '' : username,
    password: isToken ? '' : secret,
    identitytoken: isToken ? secret : '',
    registrytoken: '',
  };
}

function whatHappened(error: Error & { readonly killed?: boolean }): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (errorCode(error) === 'ENOENT') return 'is not installed';
  if (error.name === 'AbortError') return 'was canceled';
  if (typeof code === 'number') return `ended with exit code ${code}`;
  return error.killed ? `did not answer within ${DEADLINE_MS / 1000} s` : `failed (${errorCode(error) ?? 'killed'})`;
}
