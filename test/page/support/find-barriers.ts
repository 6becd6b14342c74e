import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 AA, and what axe holds to be good practice besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe-core finds on this page as it is now, as `rule: why, at the element`; empty: nothing. It looks from a world of its own, so that it
 * neither meets the page's policy nor changes anything.
 */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
    });
    const run = { runOnly: { type: 'tag', values: RULES }, resultTypes: ['violations'] };
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      contextId,
      expression: `${axe.source}; axe.run(document, ${JSON.stringify(run)})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`axe: ${exceptionDetails.exception?.description}`);
    return (result.value as AxeResults).violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${failureSummary.replace(/\s+/g, ' ')} ${html}`),
    );
  } finally {
    await session.detach();
  }
}
