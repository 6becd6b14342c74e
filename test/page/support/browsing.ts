import { randomBytes } from 'node:crypto';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../../src/coordinator/page/testing/chromium.ts';
import { fromGate } from '../../support/from-gate.ts';
import { MARK, markedProcesses } from '../../support/processes.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Visit, type VisitOptions } from './visit.ts';

/** It asks nobody but the server under test, whatever it would like to know by itself. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** One browser, and the visits that it makes. */
export class Browsing {
  readonly #browser: Browser;
  readonly #mark: string;
  readonly #visits: Visit[] = [];

  private constructor(browser: Browser, mark: string) {
    this.#browser = browser;
    this.#mark = mark;
  }

  static async start(): Promise<Browsing> {
    const mark = randomBytes(8).toString('hex');
    const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      // Root may not have the sandbox, and a container none at all.
      chromiumSandbox: false,
      args: FLAGS,
      env: { PATH, HOME, TMPDIR, LANG: 'C.UTF-8', TZ: 'UTC', [MARK]: mark, ...fromGate() },
    });
    return new Browsing(browser, mark);
  }

  /** Somebody with a browser of their own: no cookie is there yet. `base`: such as `http://127.0.0.1:4711`. */
  async visit(base: string, options: VisitOptions = {}): Promise<Visit> {
    const visit = await Visit.begin(this.#browser, base, options);
    this.#visits.push(visit);
    return visit;
  }

  /** Ends all visits. @returns what was not as it should be in any of them */
  async leave(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const visit of this.#visits.splice(0)) faults.push(...(await visit.end()));
    return faults;
  }

  /** @throws when a process of it is still there after a while */
  async end(): Promise<void> {
    await this.#browser.close();
    await waitUntil('no process of the browser is left', () => markedProcesses(this.#mark).length === 0);
  }
}
