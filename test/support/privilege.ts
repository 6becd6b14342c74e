import { describe, it } from 'vitest';

/** Permission bits, limits and quotas do not hold root; an ordinary user cannot mount. `bin/test` as root runs the tests as both. */
const isRoot = process.getuid?.() === 0;

type Body = () => void | Promise<void>;

/** A test that only root can run, because it mounts or gives files away. Others skip it, by name. */
export function itAsRoot(title: string, body: Body, timeoutMs?: number): void {
  it.runIf(isRoot)(`${title} (needs root)`, body, timeoutMs);
}

/** The same for a group of tests. */
export function describeAsRoot(title: string, body: () => void): void {
  describe.runIf(isRoot)(`${title} (needs root)`, body);
}

/**
 * A test of what root never sees, such as a directory that may not be read. Root skips it, by name.
 */
export function itAsUser(title: string, body: Body, timeoutMs?: number): void {
  it.skipIf(isRoot)(`${title} (needs an ordinary user)`, body, timeoutMs);
}
