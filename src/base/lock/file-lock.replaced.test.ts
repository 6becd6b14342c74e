import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itAsRoot, itAsUser } from '../../../test/support/privilege.ts';
import { bootId } from '../boot-id.ts';
import { tryLock } from './file-lock.ts';

let directory: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-lock-'));
  path = join(directory, 'lock');
});

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(directory, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function run(program: string, uid = process.getuid?.()): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const text = `import { tryLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))};\n${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOCK: path },
    ...(uid !== undefined && { uid }),
  });
  children.push(child);
  return child;
}

/** Another process that has the lock, once this resolves. */
async function holdElsewhere(): Promise<ChildProcess> {
  const child = run(`await tryLock(process.env.LOCK); console.log('held'); setInterval(() => {}, 1e6);`);
  await once(child.stdout, 'data');
  return child;
}

const REPLACEMENTS: Readonly<Record<string, () => void>> = {
  'has been removed': () => unlinkSync(path),
  'has become another file': () => {
    unlinkSync(path);
    writeFileSync(path, '');
  },
  'has been moved away': () => renameSync(path, `${path}.old`),
  'has become a directory': () => {
    unlinkSync(path);
    mkdirSync(path);
  },
  'has become a pipe': () => {
    unlinkSync(path);
    execFileSync('mkfifo', [path]);
  },
  'has become a link to another file': () => {
    unlinkSync(path);
    writeFileSync(join(directory, 'other'), '');
    symlinkSync('other', path);
  },
  'has gone with all that lay beside it but its holder': () => {
    execFileSync('sh', ['-c', 'mkdir new && mv lock.*.holder new && rm -f lock* && mv new/* .'], { cwd: directory });
  },
};

describe.each(Object.entries(REPLACEMENTS))('a lock whose file %s', (_, replace) => {
  it('is held until its holder dies', async () => {
    const holder = await holdElsewhere();
    replace();
    expect(await tryLock(path)).toBeNull();
    expect(await tryLock(path), 'a look changes nothing').toBeNull();
    await kill(holder);
    const lock = await tryLock(path);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  it('is held by this very process until it lets go', async () => {
    const held = await tryLock(path);
    replace();
    expect(await tryLock(path)).toBeNull();
    held?.release();
    const lock = await tryLock(path);
    expect(lock).not.toBeNull();
    lock?.release();
    expect(readdirSync(directory).filter((name) => name.endsWith('.holder'))).toEqual([]);
  });
});

it('is held when a directory in its place has become a file again', async () => {
  mkdirSync(path);
  const holder = await holdElsewhere();
  execFileSync('rmdir', [path]);
  expect(await tryLock(path)).toBeNull();
  writeFileSync(path, '');
  expect(await tryLock(path)).toBeNull();
  await kill(holder);
  const lock = await tryLock(path);
  expect(lock).not.toBeNull();
  lock?.release();
});

itAsRoot('is held when something is mounted over its file', async () => {
  await holdElsewhere();
  writeFileSync(join(directory, 'other'), '');
  execFileSync('mount', ['--bind', join(directory, 'other'), path]);
  try {
    expect(await tryLock(path)).toBeNull();
  } finally {
    execFileSync('umount', [path]);
  }
});

const startOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19];

/** The name of a holder as it lies there when `replace` came before it. */
function name(holder: object): void {
  const self = { pid: process.pid, startedAt: startOf(process.pid), boot: bootId(), file: '1:1' };
  writeFileSync(`${path}.x.holder`, JSON.stringify({ ...self, ...holder }));
}

describe('the name of a holder holds nothing', () => {
  it.each([
    ['whose file is not open', {}],
    ['whose pid nobody has', { pid: 2 ** 30 }],
    ['whose pid another process has by now', { pid: 1, startedAt: '1' }],
    ['that is of another start of the machine', { pid: 1, startedAt: startOf(1), boot: 'x' }],
    ['that is no name', { pid: '1' }],
  ])('%s', async (_, holder) => {
    name(holder);
    const lock = await tryLock(path);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  it.each([
    ['is garbage', () => writeFileSync(`${path}.x.holder`, '{')],
    ['is null', () => writeFileSync(`${path}.x.holder`, 'null')],
    ['is a pipe', () => execFileSync('mkfifo', [`${path}.x.holder`])],
    ['is a directory', () => mkdirSync(join(`${path}.x.holder`, 'x'), { recursive: true })],
    ['is a link to itself', () => symlinkSync(`${path}.x.holder`, `${path}.x.holder`)],
  ])('that %s', async (_, make) => {
    make();
    const lock = await tryLock(path);
    expect(lock).not.toBeNull();
    unlinkSync(path);
    expect(await tryLock(path), 'another name has taken its place').toBeNull();
    lock?.release();
  });
});

itAsUser('is not held by a process of somebody else that a script has named', async () => {
  name({ pid: 1, startedAt: startOf(1) });
  const lock = await tryLock(path);
  expect(lock).not.toBeNull();
  lock?.release();
});

itAsRoot('is held by somebody else, whose files may not be looked at, until he lets go', async () => {
  const nobody = 65_534;
  chownSync(directory, nobody, nobody);
  const held = await tryLock(path);
  const program = `import { rmSync } from 'node:fs';
    rmSync(process.env.LOCK, { force: true });
    console.log(await tryLock(process.env.LOCK) === null ? 'held' : 'taken');`;
  const tryAsNobody = async () => (await once(run(program, nobody).stdout, 'data')).toString();
  expect(await tryAsNobody()).toBe('held\n');
  held?.release();
  expect(await tryAsNobody()).toBe('taken\n');
});

it('has one holder at a time while its file is replaced all the time', async () => {
  // Whoever finds the directory there has met another holder.
  const program = `import { mkdirSync, rmdirSync } from 'node:fs';
    const until = performance.now() + 20_000;
    let taken = 0;
    while (taken < 25 && performance.now() < until) {
      const lock = await tryLock(process.env.LOCK);
      if (lock === null) continue;
      taken += 1;
      mkdirSync(process.env.LOCK + '.taken');
      // Held for as long as that takes, by others' looks too; its own have to be in vain as theirs.
      for (let looks = 0; looks < 3; looks += 1) if ((await tryLock(process.env.LOCK)) !== null) process.exit(2);
      rmdirSync(process.env.LOCK + '.taken');
      lock.release();
    }
    // Who never had it has shown nothing.
    if (taken === 0) process.exitCode = 1;`;
  const replace = 'while :; do : >"$LOCK.new"; mv -f "$LOCK.new" "$LOCK"; rm -f "$LOCK"; done';
  const loop = spawn('sh', ['-c', replace], { env: { ...process.env, LOCK: path }, stdio: 'ignore' });
  children.push(loop);
  const contenders = [run(program), run(program), run(program)];
  const codes = await Promise.all(contenders.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0]);
}, 40_000);
