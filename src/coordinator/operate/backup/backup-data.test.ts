import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { realClock, toBytePath } from '../../../base/index.ts';
import { logFile } from '../../logs/index.ts';
import { backupData } from './backup-data.ts';
import { linkTree } from './link-tree.ts';
import { sealedLogs, unsealLog } from './unseal-logs.ts';
import { writeTar } from './write-tar.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-backup-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

it('writes archives that tar reads: long names, empty files and directories, content of every length', async () => {
  const long = `a/${'refs-'.repeat(30)}/${'x'.repeat(200)}`;
  const files = { [long]: 'deep', empty: '', exact: 'e'.repeat(512), more: 'm'.repeat(1_100_000) };
  for (const [path, text] of Object.entries(files)) put(`from/${path}`, text);
  mkdirSync(join(root, 'from', 'hollow'));
  const target = await open(join(root, 'a.tar'), 'wx');
  await writeTar(toBytePath(join(root, 'from')), target);
  await target.close();
  mkdirSync(join(root, 'to'));
  execFileSync('tar', ['-xpf', join(root, 'a.tar'), '-C', join(root, 'to')]);
  expect(readdirSync(join(root, 'to')).sort()).toEqual(['a', 'empty', 'exact', 'hollow', 'more']);
  for (const [path, text] of Object.entries(files)) expect(readFileSync(join(root, 'to', path), 'utf8')).toBe(text);
});

it('keeps what is removed after it was linked, and takes what came or was replaced since', () => {
  const gone = put('from/gone', 'gone');
  const replaced = put('from/in/replaced', 'old');
  const link = (): boolean => linkTree(toBytePath(join(root, 'from')), toBytePath(join(root, 'to')));
  expect(link()).toBe(true);
  for (const path of [gone, replaced]) rmSync(path);
  writeFileSync(replaced, 'new');
  put('from/in/come', 'come');
  expect(link()).toBe(true);
  const read = (name: string): string => readFileSync(join(root, 'to', name), 'utf8');
  expect([read('gone'), read('in/replaced'), read('in/come')]).toEqual(['gone', 'new', 'come']);
});

it('lets a log grow again that was sealed while the database was copied', () => {
  put('blobs/logs/07/7/log', 'all of it');
  expect([...sealedLogs(root)]).toEqual([7]);
  unsealLog(root, 7);
  unsealLog(root, 7);
  expect(readFileSync(logFile({ dataDir: root }, 7), 'utf8')).toBe('all of it');
});

it('says when there is nothing to be copied, and leaves nothing when it fails', async () => {
  const options = { dataDir: join(root, 'data'), databaseUrl: null, s3: null, clock: realClock };
  await expect(backupData(options, join(root, 'b.tar'))).rejects.toMatchObject({ code: 'no_data' });
  put('data/epilogue.db', 'this is no database, and long enough to be looked at as one '.repeat(20));
  await expect(backupData(options, join(root, 'b.tar'))).rejects.toMatchObject({ code: 'backup_failed' });
  expect([readdirSync(root), readdirSync(join(root, 'data'))]).toEqual([['data'], ['epilogue.db']]);
});
