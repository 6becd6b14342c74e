import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from '../../support/wait-until.ts';

const END_OF_INPUT = '\u0004';
const INTERRUPT = '\u0003';

/** A program in a pseudo-terminal, in front of which somebody sits. */
export class Terminal {
  static readonly keys = { endOfInput: END_OF_INPUT, interrupt: INTERRUPT } as const;
  readonly #process: ChildProcess;
  #shown = '';
  #isClosed = false;

  /** @param command for a shell */
  constructor(command: string, options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string }) {
    const words = ['--quiet', '--return', '--flush', '--command', command, '/dev/null'];
    this.#process = spawn('script', words, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#shown += chunk.toString();
    });
    this.#process.once('close', () => {
      this.#isClosed = true;
    });
  }

  /** Without what moves the cursor. */
  get shown(): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
    return this.#shown.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r', '');
  }

  async until(pattern: RegExp): Promise<void> {
    await waitUntil(`the terminal shows ${pattern}: ${this.shown}`, () => pattern.test(this.shown));
  }

  type(keys: string): void {
    this.#process.stdin?.write(keys);
  }

  /** Resolves with the program's exit code. */
  async ended(): Promise<number> {
    await waitUntil(`the program ends: ${this.shown}`, () => this.#isClosed);
    return Number(this.#process.exitCode);
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const closed = once(this.#process, 'close');
    // Whoever has lost its terminal ends.
    this.#process.kill('SIGKILL');
    await closed;
  }
}
