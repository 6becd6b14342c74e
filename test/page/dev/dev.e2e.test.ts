import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fromGate } from '../../support/from-gate.ts';
import { killMarked, MARK, markedProcesses } from '../../support/processes.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { describeBrowsing } from '../support/describe-browsing.ts';

const CHECKOUT = join(import.meta.dirname, '../../..');
const COPIED = ['web', 'tools/build.ts', 'tools/dev.ts', 'tools/page', 'package.json'];
const LINKED = ['src', 'node_modules', 'tsconfig.json'];

describeBrowsing('bin/dev serve', (browsing) => {
  const mark = randomBytes(8).toString('hex');
  let copy = '';
  let dev: ChildProcess;
  let said = '';

  beforeEach(() => {
    copy = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-dev-')));
    for (const path of COPIED) cpSync(join(CHECKOUT, path), join(copy, path), { recursive: true });
    for (const path of LINKED) symlinkSync(join(CHECKOUT, path), join(copy, path));
    const env = { PATH: process.env.PATH, HOME: copy, TMPDIR: copy, GIT_CONFIG_GLOBAL: '/dev/null', [MARK]: mark };
    const words = ['serve', '--data-dir', join(copy, 'data'), '--listen', '127.0.0.1:0', '--no-runner'];
    dev = spawn(process.execPath, [join(copy, 'tools/dev.ts'), ...words], {
      env: { ...env, ...fromGate() },
      // A group of its own, as a terminal gives it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [dev.stdout, dev.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
  });
  afterEach(() => {
    killMarked(mark);
    rmSync(copy, { recursive: true, force: true });
  });

  const change = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(copy, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(copy, path), text.replace(from, to));
  };

  it('shows a changed style and a changed script at once, before the same coordinator', async () => {
    const [, base = ''] = await waitUntil(
      'it listens',
      () => (said.includes('epilogue: listening on') ? /all else: (\S+)/.exec(said) : null),
      50_000,
    );
    const [, link = ''] = /as root, once: (\S+)/.exec(said) ?? [];
    expect(new URL(link).origin).toBe(base);
    const { page, go } = await browsing().visit(base);
    // A change before that reaches no page.
    const isConnected = page.waitForEvent('console', (message) => message.text() === '[vite] connected.');
    await go('/users/sign_in');
    await isConnected;
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.request.get('/api/v4/version').then((answer) => answer.status())).toBe(200);

    await page.evaluate('window.isTheSame = true');
    change('web/src/styles/base.css', 'h1 {', 'h1 {\n  letter-spacing: 7px;');
    const spacing = () => page.evaluate<string>("getComputedStyle(document.querySelector('h1')).letterSpacing");
    await expect.poll(spacing, { timeout: 10_000 }).toBe('7px');
    expect(await page.evaluate('window.isTheSame')).toBe(true);

    change('web/src/shell/sign-in.tsx', '<h1>Sign in</h1>', '<h1>Come in</h1>');
    await page.getByRole('heading', { name: 'Come in' }).waitFor();
    expect(said.split('epilogue: listening on').length).toBe(2);

    const ended = once(dev, 'exit');
    process.kill(-(dev.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([0, null]);
    await waitUntil('nothing is left of it', () => markedProcesses(mark).length === 0);
  });
});
