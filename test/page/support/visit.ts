import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { watchFaults } from './watch-faults.ts';

export type Theme = 'light' | 'dark';

export interface VisitOptions {
  /** CSS pixels; 1280 when left out. */
  readonly width?: number;
  readonly theme?: Theme;
  /** The value of the session's cookie, see `signIn`. */
  readonly session?: string;
}

const HEIGHT = 800;
/** Of every wait for something on the page. */
const PATIENCE_MS = 15_000;

/** One person at one server, with a browser's state of their own. Everything that is wrong meanwhile is written down. */
export class Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly base: string;
  /** The value of the session's cookie; empty: nobody has signed in. */
  readonly session: string;
  readonly #faults: readonly string[];
  readonly #expected: RegExp[] = [];
  #isOver = false;

  private constructor(base: string, page: Page, session: string, faults: readonly string[]) {
    this.base = base;
    this.session = session;
    this.page = page;
    this.context = page.context();
    this.#faults = faults;
  }

  static async begin(browser: Browser, base: string, options: VisitOptions): Promise<Visit> {
    const { width = 1280, theme = 'light', session = '' } = options;
    const context = await browser.newContext({
      baseURL: base,
      viewport: { width, height: HEIGHT },
      colorScheme: theme,
      // Nothing moves in pictures, and nothing that is waited for has to come to rest first.
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const faults: string[] = [];
    await watchFaults(context, base, (fault) => faults.push(fault));
    if (session !== '') await context.addCookies([{ name: 'epilogue_session', value: session, url: base }]);
    return new Visit(base, await context.newPage(), session, faults);
  }

  /** To an address of the server. */
  readonly go = async (path: string): Promise<Response> => {
    const response = await this.page.goto(path);
    if (response === null) throw new Error(`${path}: no answer`);
    return response;
  };

  /** Faults like this are as they should be: a browser complains of every 403. One that never comes is a fault itself. */
  expectFault(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** All that was wrong until now. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** @returns what was wrong and not expected, and what was expected in vain; once only: then it is told */
  async end(): Promise<readonly string[]> {
    if (this.#isOver) return [];
    this.#isOver = true;
    await this.context.close();
    const unexpected = this.#faults.filter((fault) => !this.#expected.some((pattern) => pattern.test(fault)));
    const missed = this.#expected.filter((pattern) => !this.#faults.some((fault) => pattern.test(fault)));
    return [...unexpected, ...missed.map((pattern) => `expected in vain: ${pattern}`)];
  }
}
