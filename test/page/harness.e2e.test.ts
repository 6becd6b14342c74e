import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeBrowsing } from './support/describe-browsing.ts';
import { findBarriers } from './support/find-barriers.ts';

/** The strictest policy that a page can have: what watches it must work under that too. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

const PAGES: Readonly<Record<string, string>> = {
  '/good': '<main><h1>Good</h1></main><script src="/good.js"></script>',
  '/inline': '<p style="color: red">Styled</p>',
  '/markup': '<p id="p"></p><script src="/markup.js"></script>',
  '/throws': '<script src="/throws.js"></script>',
  '/says': '<script src="/says.js"></script>',
  '/missing': '<script src="/missing.js"></script>',
  '/elsewhere': '<a href="http://elsewhere.example/">Away</a>',
  '/unreadable': '<main><h1>Unreadable</h1><button></button></main>',
};
const SCRIPTS: Readonly<Record<string, string>> = {
  '/good.js': "document.querySelector('h1').textContent = 'Very good'",
  '/markup.js': "document.querySelector('#p').innerHTML = '<b>x</b>'",
  '/throws.js': "throw new Error('thrown')",
  '/says.js': "console.error('said')",
};

/** What watches the pages is watched here: a fault that it does not see, no test would see. */
describeBrowsing('what tests see of a page', (browsing) => {
  let server: Server;
  let base: string;

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      response.setHeader('content-security-policy', POLICY);
      const [page, script] = [PAGES[url], SCRIPTS[url]];
      response.statusCode = page === undefined && script === undefined ? 404 : 200;
      response.setHeader('content-type', page === undefined ? 'text/javascript' : 'text/html');
      response.end(page === undefined ? script : `<!doctype html><html lang="en"><title>T</title>${page}</html>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('finds nothing wrong with a page that is as it should be', async () => {
    const visit = await browsing().visit(base);
    await visit.go('/good');
    expect(await visit.page.getByRole('heading', { name: 'Very good' }).isVisible()).toBe(true);
    expect(await findBarriers(visit.page)).toEqual([]);
    expect(await visit.end()).toEqual([]);
  });

  it.each([
    ['/inline', /^policy: style-src-attr refused inline/],
    ['/markup', /^policy: require-trusted-types-for refused trusted-types-sink/],
    ['/throws', /^script: Error: thrown/],
    ['/says', /^console: said/],
    ['/missing', /^console: Failed to load resource: .* 404/],
  ])('sees what is wrong with %s', async (path, fault) => {
    const visit = await browsing().visit(base);
    await visit.go(path);
    await expect.poll(() => visit.faults.join('\n')).toMatch(new RegExp(fault.source, 'm'));
    expect((await visit.end()).length).toBeGreaterThan(0);
  });

  it('sees a request to another origin, which goes nowhere', async () => {
    const visit = await browsing().visit(base);
    await visit.go('/elsewhere');
    const failed = visit.page.waitForEvent('requestfailed');
    await visit.page.getByRole('link').click();
    expect((await failed).failure()?.errorText).toBe('net::ERR_NAME_NOT_RESOLVED');
    expect(await visit.end()).toContain('request to http://elsewhere.example/');
  });

  it('sees what keeps somebody out who cannot see it', async () => {
    const visit = await browsing().visit(base);
    await visit.go('/unreadable');
    expect(await findBarriers(visit.page)).toEqual([expect.stringMatching(/^button-name: .* <button><\/button>$/)]);
  });

  it('passes over what was expected, and not what was expected in vain', async () => {
    const visit = await browsing().visit(base);
    await visit.go('/says');
    await expect.poll(() => visit.faults).not.toEqual([]);
    visit.expectFault(/said/);
    visit.expectFault(/never/);
    expect(await visit.end()).toEqual(['expected in vain: /never/']);
  });
});
