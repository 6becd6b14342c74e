import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import type { Place } from '../../executors/index.ts';
import type { PayloadArtifact } from '../../protocol/index.ts';
import { contents, makeWorkshop, type Workshop } from '../testing/place.ts';
import { DEFAULT_ARCHIVE_LIMITS, readArchive } from './archive/archive.ts';
import { type PackedArtifacts, type SavedArtifact, saveArtifacts, selectArtifacts } from './artifacts.ts';

const { signal } = new AbortController();
let workshop: Workshop;
let place: Place;
let log: string;
beforeEach(async () => {
  workshop = makeWorkshop();
  place = await workshop.place('app');
  log = '';
});
afterEach(() => workshop.remove());

const target = (...path: string[]) => join(workshop.dir, 'kept', ...path);

function write(path: string, content: string): void {
  const file = join(workshop.dir, 'app', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}

function artifact(changes: Partial<PayloadArtifact> = {}): PayloadArtifact {
  return {
    name: 'artifacts',
    untracked: false,
    paths: [],
    exclude: [],
    when: 'on_success',
    expire_in: null,
    artifact_type: 'archive',
    artifact_format: 'zip',
    ...changes,
  };
}

async function save(...artifacts: readonly PayloadArtifact[]): Promise<readonly SavedArtifact[]> {
  return (await pack(...artifacts)).artifacts;
}

async function pack(...artifacts: readonly PayloadArtifact[]): Promise<PackedArtifacts> {
  return saveArtifacts({
    artifacts,
    succeeded: true,
    place,
    targetDir: target(),
    expand: (text) => text.replaceAll('$NAME', 'site'),
    limits: DEFAULT_ARCHIVE_LIMITS,
    log: (text) => {
      log += text;
    },
    signal,
  });
}

describe('artifacts', () => {
  itAsRoot('are not kept where something is mounted, which is left as it is', async () => {
    const precious = join(workshop.dir, 'precious');
    for (const dir of [precious, target('mounted')]) mkdirSync(dir, { recursive: true });
    writeFileSync(join(precious, 'kept'), '');
    write('a.txt', 'a');
    execFileSync('mount', ['--bind', precious, target('mounted')]);
    try {
      await expect(save(artifact({ paths: ['a.txt'] }))).rejects.toMatchObject({
        code: 'target_unwritable',
        message: expect.stringContaining(`${target('mounted')} (something is mounted there)`),
      });
      expect(readdirSync(precious)).toEqual(['kept']);
    } finally {
      execFileSync('umount', [target('mounted')]);
    }
  });

  it('are chosen by how the job ended', () => {
    const all = (['on_success', 'on_failure', 'always'] as const).map((when) => artifact({ when }));
    expect(selectArtifacts(all, true).map(({ when }) => when)).toEqual(['on_success', 'always']);
    expect(selectArtifacts(all, false).map(({ when }) => when)).toEqual(['on_failure', 'always']);
    expect(selectArtifacts(null, true)).toEqual([]);
  });

  it('are packed into a zip with an expanded name and paths', async () => {
    write('site/index.html', '<h1>');
    write('site/secret.key', 'x');
    const saved = await save(artifact({ name: 'public/$NAME', paths: ['$NAME/'], exclude: ['$NAME/*.key'] }));
    expect(saved).toEqual([
      { type: 'archive', format: 'zip', path: target('site.zip'), files: 2, sizeBytes: expect.any(Number) },
    ]);
    const packed = await contents(readArchive(target('site.zip'), DEFAULT_ARCHIVE_LIMITS, signal));
    expect(packed.map(({ path, content }) => [path, content])).toEqual([
      ['site', ''],
      ['site/index.html', '<h1>'],
    ]);
    expect(log).toBe('site/: found 2 matching files and directories\n');
  });

  it('that match nothing are a warning, and the others are still kept', async () => {
    write('b.txt', 'b');
    const saved = await save(artifact({ paths: ['dist', 'build'] }), artifact({ name: 'b', paths: ['*.txt'] }));
    expect(saved.map(({ path }) => path)).toEqual([target('b.zip')]);
    expect(log).toMatch(/WARNING: dist, build: no matching files.*\n.*ERROR: No files to upload/);
    expect(readdirSync(target())).toEqual(['b.zip']);
  });

  it('never leave the target directory, whatever their name', async () => {
    write('a', 'x');
    const names = ['..', '/etc/passwd', '', '.', 'x'.repeat(300), 'ü'.repeat(150)];
    const saved = await save(...names.map((name) => artifact({ name, paths: ['a'] })));
    expect(saved).toHaveLength(names.length);
    expect(new Set(saved.map(({ path }) => path)).size).toBe(names.length);
    for (const { path } of saved) expect(join(path, '..')).toBe(target());
  });

  it('may be kept twice: a second save replaces the first', async () => {
    write('a', 'one');
    await save(artifact({ paths: ['a'] }));
    write('a', 'two');
    await save(artifact({ paths: ['a'] }));
    const packed = await contents(readArchive(target('artifacts.zip'), DEFAULT_ARCHIVE_LIMITS, signal));
    expect(packed).toMatchObject([{ content: 'two' }]);
    expect(readdirSync(target())).toEqual(['artifacts.zip']);
  });
});

describe('what a hostile or dying job leaves', () => {
  it('is no half archive of a runner that was killed', async () => {
    mkdirSync(target(), { recursive: true });
    writeFileSync(target('artifacts.zip.0123456789ab.tmp'), 'half');
    write('a', 'x');
    await save(artifact({ paths: ['a'] }));
    expect(readdirSync(target())).toEqual(['artifacts.zip']);
  });

  it('is no name that would move the cursor of whoever lists it', async () => {
    write('a', 'x');
    const saved = await save(artifact({ name: 'v1\u001b]0;gone\u0007\r\n\u009b2J', paths: ['a'] }));
    expect(saved.map(({ path }) => path)).toEqual([target('v1_]0;gone____2J.zip')]);
  });

  it('is named in the log when it cannot be kept, in one line each and not without end', async () => {
    write('a', 'x');
    for (let index = 10; index < 35; index += 1) {
      writeFileSync(Buffer.from(`${join(workshop.dir, 'app')}/\n${index}\xff`, 'latin1'), '');
    }
    expect(await save(artifact({ paths: ['*'] }))).toMatchObject([{ files: 1 }]);
    expect(log.split('\n').filter((line) => line.includes('left out: its name is not UTF-8'))).toHaveLength(20);
    expect(log).toMatch(/WARNING: "\\n\d\d\ufffd" is left out/);
    expect(log).toContain('WARNING: 5 more files and directories are left out');
  });
});

describe('reports', () => {
  it('of several files are one gzip file', async () => {
    write('reports/b.xml', '<b/>');
    write('reports/a.xml', '<a/>');
    const junit = artifact({ name: 'junit', artifact_type: 'junit', artifact_format: 'gzip', paths: ['reports/'] });
    expect(await save(junit)).toMatchObject([{ path: target('junit', 'junit.gz'), files: 2 }]);
    const packed = readFileSync(target('junit', 'junit.gz'));
    expect(gunzipSync(packed).toString()).toBe('<a/><b/>');
    expect(packed.toString('latin1')).toContain('a.xml\0reports/a.xml\0');
  });

  it('that are raw are one file as it is', async () => {
    write('plan.json', '{}');
    const plan = artifact({ name: 'plan.json', artifact_type: 'terraform', artifact_format: 'raw', paths: ['*.json'] });
    expect(await save(plan)).toMatchObject([{ path: target('terraform', 'plan.json'), files: 1, sizeBytes: 2 }]);
    expect(readFileSync(target('terraform', 'plan.json'), 'utf8')).toBe('{}');
    write('more.json', '{}');
    await expect(save(plan)).rejects.toMatchObject({ code: 'artifact_not_single' });
  });

  it('of variables are checked while somebody can still read about it', async () => {
    const dotenv = artifact({ name: '.env', artifact_type: 'dotenv', artifact_format: 'gzip', paths: ['build.env'] });
    write('build.env', 'A=1\n');
    expect((await pack(dotenv)).invalid).toBeNull();
    expect(log).not.toContain('ERROR');
    write('build.env', 'A=1\n# no\n');
    const { artifacts, invalid } = await pack(dotenv);
    expect(artifacts).toHaveLength(1);
    expect(invalid).toBe('build.env: invalid dotenv report: line 2 is not KEY=VALUE');
    expect(log).toContain(`ERROR: ${invalid}; no variables are handed on`);
  });
});
