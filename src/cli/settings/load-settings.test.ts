import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../../base/index.ts';
import { loadSettings, type SettingSources } from './load-settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { xdgPaths } from './xdg-paths.ts';

let home: string;
let checkoutDir: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'epilogue-settings-'));
  checkoutDir = join(home, 'shop');
  mkdirSync(checkoutDir);
  mkdirSync(join(home, '.config/epilogue'), { recursive: true });
});

afterEach(() => rmSync(home, { recursive: true }));

function load(sources: Partial<SettingSources> = {}) {
  return loadSettings({ flags: {}, env: {}, checkoutDir, paths: xdgPaths({}, home), ...sources });
}

const writePersonal = (text: string) => writeFileSync(join(home, '.config/epilogue/epilogue.toml'), text);
const writeCheckout = (text: string) => writeFileSync(join(checkoutDir, 'epilogue.toml'), text);

async function mistakes(sources: Partial<SettingSources> = {}): Promise<string[]> {
  const { problems } = await load(sources);
  return problems.map((problem) => formatProblem(problem).replaceAll(home, '~'));
}

describe('settings', () => {
  it('are the defaults when nobody says anything, and cannot be changed', async () => {
    const { settings, problems } = await load();
    expect(settings).toEqual(DEFAULT_SETTINGS);
    expect(problems).toEqual([]);
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('come from flags before the environment before the checkout before the person', async () => {
    writePersonal('concurrency = 1\nimage = "personal"\nfile = "personal.yml"\nkeep = true\n');
    writeCheckout('concurrency = 2\nimage = "checkout"\nfile = "checkout.yml"\n');
    const { settings } = await load({
      env: { EPILOGUE_CONCURRENCY: '3', EPILOGUE_IMAGE: 'environment' },
      flags: { concurrency: '4' },
    });
    expect(settings).toMatchObject({ concurrency: 4, image: 'environment', file: 'checkout.yml', keep: true });
  });

  it('add up the variables of both files, the checkout last', async () => {
    writePersonal('[variables]\nREGION = "eu"\nTRIES = 3\n');
    writeCheckout('[variables]\nREGION = "us"\n');
    const { settings } = await load();
    expect(Object.fromEntries(settings.variables.map(({ key, value }) => [key, value]))).toEqual({
      REGION: 'us',
      TRIES: '3',
    });
  });

  it('have the keys of a runner’s containers, whole from the checkout or else from the person', async () => {
    writePersonal('[docker]\nmemory = "1g"\nprivileged = true');
    const { settings, problems } = await load();
    expect(problems).toEqual([]);
    expect(settings.docker).toMatchObject({
      memoryBytes: 2 ** 30,
      privileged: true,
      pullPolicy: ['if-not-present'],
      allowedPullPolicies: ['always', 'if-not-present', 'never'],
    });
    writeCheckout('[docker]\npull_policy = "always"\nallowed_pull_policies = ["always"]');
    expect((await load()).settings.docker).toMatchObject({
      memoryBytes: null,
      privileged: false,
      pullPolicy: ['always'],
      allowedPullPolicies: ['always'],
    });
  });

  it('name every mistake in the keys of containers', async () => {
    writePersonal('[docker]\nmemroy = "1g"\ncpus = 2');
    writeCheckout('[docker]\nimage = "debian:12"');
    expect(await mistakes()).toMatchInlineSnapshot(`
      [
        "~/.config/epilogue/epilogue.toml: warning: docker.memroy is not a key that we know, and has no effect
          hint: did you mean "memory"?",
        "~/shop/epilogue.toml: docker.image is said at the top of the file, as in image = "debian:12"",
      ]
    `);
    writeCheckout('docker = true');
    expect((await mistakes()).at(-1)).toContain('docker must be a table');
  });

  it('name every mistake with its place', async () => {
    writePersonal('[variables]\nLIST = [1]\n');
    writeCheckout('concurency = 2\nexecutor = "podman"\n');
    expect(await mistakes({ env: { EPILOGUE_KEEP: 'maybe' }, flags: { concurrency: '0' } })).toEqual([
      '~/.config/epilogue/epilogue.toml: variables.LIST must be a text',
      "~/shop/epilogue.toml: there is no setting 'concurency'\n    hint: did you mean 'concurrency'?",
      '~/shop/epilogue.toml: executor must be one of shell, docker',
      'EPILOGUE_KEEP must be true or false',
      '--concurrency must be a whole number from 1 to 1000',
    ]);
  });

  it('point at the line of a file that is not TOML', async () => {
    writeCheckout('keep = true\nimage = \n');
    expect((await mistakes())[0]).toMatch(/^~\/shop\/epilogue\.toml:2:\d+: .*[Ii]nvalid/);
  });

  it('notice a misspelt variable, and leave those of a surrounding job alone', async () => {
    expect(await mistakes({ env: { EPILOGUE_CONCURENCY: '2' } })).toEqual([
      "there is no setting 'EPILOGUE_CONCURENCY'\n    hint: did you mean 'EPILOGUE_CONCURRENCY'?",
    ]);
    expect(
      await mistakes({
        env: { EPILOGUE_TEARDOWN_CAUSE: 'canceled', EPILOGUE_JOB_COOKIE: 'x', EPILOGUE_CLEANUP_KEY: 'y' },
      }),
    ).toEqual([]);
  });
});

describe('places', () => {
  it('follow XDG, relative ones ignored', () => {
    expect(xdgPaths({ XDG_STATE_HOME: '/s', XDG_CACHE_HOME: 'relative' }, '/home/ada')).toEqual({
      state: '/s/epilogue',
      cache: '/home/ada/.cache/epilogue',
      config: '/home/ada/.config/epilogue',
    });
  });
});
