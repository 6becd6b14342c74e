import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { nodeTool, root, type Step } from './check-steps.ts';
import { cookieVariable, endLeftovers } from './leftovers.ts';
import type { OrdinaryUser } from './ordinary-user.ts';
import { readVitestReport, type TestCounts } from './read-vitest-report.ts';
import { formatReport, formatSeconds, type Row } from './report.ts';
import { runCommand } from './run-command.ts';

const gates = join(root, '.tools/gates');
const keepLogsMs = 24 * 60 * 60 * 1000;
const shownLines = 150;
const noTests: TestCounts = { passed: 0, failed: 0, skipped: 0, failures: [], passedOver: [] };
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** A part of the tests, run by vitest. */
interface Suite {
  readonly name: string;
  /** Of `vitest.config.ts`. */
  readonly projects: readonly string[];
  readonly timeoutMs: number;
  readonly env?: Step['env'];
  /** Paths, or beginnings of paths, in full; by default everything. */
  readonly only?: readonly string[];
  /** In whose name; by default as we are. */
  readonly user?: OrdinaryUser | null;
}

/** One run of everything a change must pass: collects rows, shows each as it comes, ends with the report and an exit code. */
export class Gate {
  /** Aborts on Ctrl-C, SIGTERM and when the whole run takes too long. */
  readonly signal: AbortSignal;
  readonly #rows: Row[] = [];
  readonly #cookie = randomUUID();
  readonly #logs: string;
  #interruptedBy: keyof typeof exitCodes | null = null;

  constructor(deadlineMs: number) {
    mkdirSync(gates, { recursive: true });
    removeOldLogs();
    this.#logs = mkdtempSync(join(gates, 'gate-'));
    const interrupt = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        this.#interruptedBy = name;
        interrupt.abort(new Error(`interrupted by ${name}`));
      });
    }
    this.signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(deadlineMs)]);
  }

  add(row: Row): void {
    this.#rows.push(row);
    const result = row.failed > 0 ? 'FAILED ' : row.passed > 0 ? 'passed ' : 'skipped';
    console.log(`${result} ${formatSeconds(row.durationMs)}  ${row.name}`);
  }

  /** Runs a command that counts as one. */
  async check(step: Step): Promise<void> {
    const { succeeded, ending, durationMs } = await this.#run(step);
    const counts = succeeded ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [ending] };
    this.add({ name: step.name, skipped: 0, durationMs, ...counts, ...(succeeded ? {} : this.#showLog(step.name)) });
  }

  /** Runs tests of vitest's; each counts, and those that were passed over are named. */
  async vitest({ name, projects, only = [], timeoutMs, env = {}, user = null }: Suite): Promise<void> {
    const report = join(user?.home ?? this.#logs, `${projects.join('-')}.json`);
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
    const chosen = projects.flatMap((project) => ['--project', project]);
    const workers = `--maxWorkers=${availableParallelism()}`;
    // Vite's own loader writes beside the configuration, where a user may not.
    const args = ['run', '--configLoader=native', ...chosen, workers, ...reporters, ...only];
    const argv = nodeTool('node_modules/vitest/vitest.mjs', ...args);
    const step = { name, argv, timeoutMs, env };
    const { succeeded, ending, durationMs } = await this.#run(user === null ? step : user.instead(step));
    const counts = readVitestReport(report, user?.checkout ?? root) ?? noTests;
    // An unhandled error outside any test, a crash or a deadline: vitest fails with no failed test to name.
    const unnamed = !succeeded && counts.failed === 0 ? { failed: 1, failures: [`vitest: ${ending}`] } : {};
    this.add({ name, durationMs, ...counts, ...unnamed, ...(succeeded ? {} : this.#showLog(name)) });
  }

  /** Looks for processes that the run has left behind, prints the report, keeps the logs of a bad run only, and exits. */
  async finish(): Promise<never> {
    const startedAt = performance.now();
    const failures = await endLeftovers(this.#cookie);
    if (failures.length > 0) {
      const durationMs = performance.now() - startedAt;
      this.add({ name: 'processes left', passed: 0, failed: failures.length, skipped: 0, durationMs, failures });
    }
    const succeeded = this.#rows.every(({ failed }) => failed === 0) && !this.signal.aborted;
    if (succeeded) rmSync(this.#logs, { recursive: true });
    if (this.signal.aborted) console.log(`\nnot finished: ${describeAbort(this.signal)}`);
    console.log(`\n${formatReport(this.#rows)}`);
    const failedCode = this.#interruptedBy === null ? 1 : exitCodes[this.#interruptedBy];
    process.exit(succeeded ? 0 : failedCode);
  }

  #run({ name, argv, timeoutMs, as, env = {} }: Step): ReturnType<typeof runCommand> {
    const marked = { ...env, [cookieVariable]: this.#cookie };
    const command = { argv, env: marked, timeoutMs, logFile: this.#logFile(name), ...(as && { as }) };
    return runCommand(command, this.signal);
  }

  #showLog(name: string): { readonly note: string } {
    const path = this.#logFile(name);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    console.log(`\n──── ${name}\n${lines.slice(-shownLines).join('\n')}\n────`);
    return { note: relative(root, path) };
  }

  #logFile(name: string): string {
    return join(this.#logs, `${name.replace(/\W+/g, '-')}.log`);
  }
}

/** Logs of bad runs are kept for a day. */
function removeOldLogs(): void {
  for (const name of readdirSync(gates)) {
    const path = join(gates, name);
    if (statSync(path).mtimeMs < Date.now() - keepLogsMs) rmSync(path, { recursive: true });
  }
}

function describeAbort({ reason }: AbortSignal): string {
  if (reason instanceof DOMException && reason.name === 'TimeoutError')
    return 'the deadline of the whole run has passed';
  return reason instanceof Error ? reason.message : String(reason);
}
