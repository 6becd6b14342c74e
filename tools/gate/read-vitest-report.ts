import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The part of vitest's JSON report that we read. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
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
      if (result.status === 'passed') passed += 1;
      else (result.status === 'failed' ? failures : passedOver).push(`${file}: ${result.fullName}`);
    }
    const testFailed = assertionResults.some((result) => result.status === 'failed');
    if (status === 'failed' && !testFailed) failures.push(`${file}: ${message.split('\n')[0] ?? 'did not load'}`);
  }
  return { passed, failed: failures.length, skipped: passedOver.length, failures, passedOver };
}
