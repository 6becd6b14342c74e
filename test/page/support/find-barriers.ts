import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 AA, and what axe holds to be good practice besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe-core finds on this page as it is now, as `rule: why, at the element`; empty: nothing. It looks from a world of its own, so that it
 * neither meets the page's policy nor changes anything. `rules`: of these alone.
 */
export async function findBarriers(page: Page, rules: readonly string[] | null = null): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      // The same one each time that the page is looked at: it has axe already.
      worldName: 'axe',
    });
    const runOnly = rules === null ? { type: 'tag', values: RULES } : { type: 'rule', values: rules };
    const run = { runOnly, resultTypes: ['violations'] };
    const asked = { contextId, returnByValue: true };
    const { result: isThere } = await session.send('Runtime.evaluate', { ...asked, expression: 'typeof axe' });
    const source = isThere.value === 'object' ? '' : axe.source;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      ...asked,
      expression: `${source}; axe.run(document, ${JSON.stringify(run)})`,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`axe: ${exceptionDetails.exception?.description}`);
    return (result.value as AxeResults).violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${failureSummary.replace(/\s+/g, ' ')} ${html}`),
    );
  } finally {
    await session.detach();
  }
}
