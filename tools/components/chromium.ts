import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromiumPath, missingChromium } from '../../src/coordinator/page/testing/chromium.ts';
import type { Component } from './component.ts';

const run = promisify(execFile);
const answerTimeoutMs = 30_000;

/** A browser, and letters for it to draw: each test file starts its own, so there is nothing to start. */
export const chromium: Component = {
  name: 'Chromium',
  debianPackages: ['chromium', 'fonts-dejavu-core'],
  missing: missingChromium,
  async start(_dir, signal) {
    // It may lack a library.
    await run(chromiumPath(), ['--version'], { signal, timeout: answerTimeoutMs });
    return { env: { EPILOGUE_TEST_CHROMIUM: chromiumPath() }, copyable: null, stop: async () => {} };
  },
};
