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
}

/** `null` when vitest died before it wrote one. A file that cannot be loaded counts as one failure. */
export function readVitestReport(path: string, root: string): TestCounts | null {
  if (!existsSync(path)) return null;
  const { testResults }: VitestReport = JSON.parse(readFileSync(path, 'utf8'));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(root, name);
    for (const result of assertionResults) {
      if (result.status === 'passed') counts.passed += 1;
      else if (result.status === 'failed') failures.push(`${file}: ${result.fullName}`);
      else counts.skipped += 1;
    }
    const testFailed = assertionResults.some((result) => result.status === 'failed');
    if (status === 'failed' && !testFailed) failures.push(`${file}: ${message.split('\n')[0] ?? 'did not load'}`);
  }
  return { ...counts, failed: failures.length, failures };
}
