import { afterAll, beforeAll, expect } from 'vitest';
import { Serving } from '../../serve/support/serving.ts';
import { describeBrowsing } from './describe-browsing.ts';
import { givePassword, openSession } from './people.ts';
import type { Visit, VisitOptions } from './visit.ts';

/** What a test of the page has at hand. */
export interface PageTest {
  readonly serving: Serving;
  /** Somebody who has not signed in. */
  visit(options?: VisitOptions): Promise<Visit>;
  /** Somebody who has: such as `root`, who has a password here. */
  visitAs(name: string, options?: VisitOptions): Promise<Visit>;
}

/** As `describeBrowsing`, with one real server for all of them; that it had nothing to complain of is looked at in the end. */
export function describePage(title: string, body: (test: () => PageTest) => void, flags: readonly string[] = []): void {
  describeBrowsing(title, (browsing) => {
    let serving: Serving | null = null;
    beforeAll(async () => {
      serving = await Serving.start('SQLite', ...flags);
      await givePassword(serving, 'root');
    });
    afterAll(async () => {
      try {
        await serving?.stop();
        expect(serving?.complaints()).toEqual([]);
      } finally {
        await serving?.dispose();
      }
    });
    body(() => {
      if (serving === null) throw new Error('the server has not been started');
      const server = serving;
      const visit = (options: VisitOptions = {}): Promise<Visit> => browsing().visit(server.base, options);
      return {
        serving: server,
        visit,
        visitAs: async (name, options) => await visit({ ...options, session: await openSession(server, name) }),
      };
    });
  });
}
