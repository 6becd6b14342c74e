import { spawn } from 'node:child_process';

export interface ClientEnding {
  readonly code: number | null;
  readonly stdout: string;
  /** Progress lines, errors, what the server says (`remote: …`). */
  readonly stderr: string;
}

/** A git client beside a server in the same process. Ended after 30 s. */
export function runClient(
  dir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ClientEnding> {
  const settings = ['-c', 'init.defaultBranch=main', '-c', 'advice.detachedHead=false', '-c', 'gc.auto=0'];
  const child = spawn('git', [...settings, ...args], {
    cwd: dir,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const { promise, resolve, reject } = Promise.withResolvers<ClientEnding>();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, stdout: stdout.trim(), stderr }));
  return promise;
}

/** As `runClient`; its output. */
export async function client(dir: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runClient(dir, args);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}
