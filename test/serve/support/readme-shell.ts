import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../support/wait-until.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The commands of a section of the README, a block each, as they are written there. */
export function readmeBlocks(title: string): readonly string[] {
  const section = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`the README has no section ${title}`);
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands);
}

/** A shell like the one that a reader of the README has open in a fresh clone. Everything that it starts belongs to it. */
export class ReadmeShell {
  readonly #process: ChildProcess;
  #output = '';
  #complaints = '';
  #blocks = 0;

  constructor(env: Readonly<Record<string, string>>) {
    this.#process = spawn('bash', ['-e'], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#complaints += chunk.toString();
    });
  }

  /** All that it has said. */
  get output(): string {
    return this.#output;
  }

  /** Does not wait for them. */
  type(commands: string): void {
    this.#process.stdin?.write(commands);
  }

  /** Runs them to their end. @returns what they said @throws when one of them fails */
  async run(commands: string): Promise<string> {
    this.#blocks += 1;
    const from = this.#output.length;
    const end = `\n-- end of block ${this.#blocks}\n`;
    this.type(`${commands}\nprintf '${end.replaceAll('\n', '\\n')}'\n`);
    await this.until('these commands end', () => this.#output.includes(end, from));
    return this.#output.slice(from, this.#output.indexOf(end, from));
  }

  /** @throws when the shell ends before `isSo` */
  async until<T>(what: string, isSo: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
    return await waitUntil(what, async () => {
      const answer = await isSo();
      const { exitCode, signalCode } = this.#process;
      if (!answer && (exitCode ?? signalCode) !== null) throw new Error(`the shell ended: ${this.#complaints}`);
      return answer;
    });
  }

  /** Resolves once it is gone; a program that it has become is told to end. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    this.#process.kill('SIGTERM');
    await ended;
  }
}
