import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The part of vitest's JSON report that we read. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of what failed, each with how its message begins: of a long log whoever reads may get the end alone. */
  readonly failures: readonly string[];
  /** Names of what was skipped. */
  readonly passedOver: readonly string[];
}

/** `null` when vitest died before it wrote one. A file that cannot be loaded counts as one failure. */
export function readVitestReport(path: string, root: string): TestCounts | null {
  if (!existsSync(path)) return null;
  const { testResults }: VitestReport = JSON.parse(readFileSync(path, 'utf8'));
  let passed = 0;
  const failures: string[] = [];
  const passedOver: string[] = [];
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(root, name);
    for (const result of assertionResults) {
      const test = `${file}: ${result.fullName}`;
      if (result.status === 'passed') passed += 1;
      else if (result.status === 'failed') failures.push([test, ...beginnings(result.failureMessages)].join(': '));
      else passedOver.push(test);
    }
    const testFailed = assertionResults.some((result) => result.status === 'failed');
    if (status === 'failed' && !testFailed) failures.push(`${file}: ${message.split('\n')[0] ?? 'did not load'}`);
  }
  return { passed, failed: failures.length, skipped: passedOver.length, failures, passedOver };
}

/** Bounded, and in one line: a message may carry a whole log. */
function beginnings(messages: readonly string[] = []): readonly string[] {
  return messages.map((message) => message.split('\n').slice(0, 3).join(' ').slice(0, 300));
}
