import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect } from 'vitest';
import { describeOnDocker, dockerHost, images } from '../../../test/support/docker/docker.ts';
import { whatIsLeft } from '../../../test/support/docker/left.ts';
import { itAsRoot } from '../../../test/support/privilege.ts';

const run = promisify(execFile);
const LONG = 60_000;
/** Neither the user of an image, nor anybody's. */
const UID = 1500;
/** The one directory that everybody can reach. */
const SHARED = '/tmp';
const program = join(import.meta.dirname, 'testing/ordinary-user.ts');

let dir = '';
let door: Server;

/** Root gives away a socket, and takes its own rights away. */
describeOnDocker('a runner that is an ordinary user', () => {
  beforeEach(async () => {
    dir = mkdtempSync(join(SHARED, 'epilogue-ordinary-'));
    mkdirSync(join(dir, 'source'));
    writeFileSync(join(dir, 'source/brought'), 'brought\n');
    mkdirSync(join(dir, 'tmp'));
    chownSync(join(dir, 'tmp'), UID, UID);
    chmodSync(dir, 0o755);
    door = await openDoor(join(dir, 'docker.sock'));
  });
  afterEach(() => {
    door.close();
    rmSync(dir, { recursive: true, force: true });
  });

  for (const [whose, image] of [
    ['root', images.busybox],
    ['another user', images.user],
  ] as const) {
    itAsRoot(
      `has what steps of ${whose} have made and closed, whether their container runs or not, and leaves nothing`,
      async () => {
        const words = [program, String(UID), `unix://${join(dir, 'docker.sock')}`, image, join(dir, 'source')];
        const { stdout } = await run(process.execPath, words, { env: { ...process.env, TMPDIR: join(dir, 'tmp') } });
        expect(JSON.parse(stdout)).toEqual({
          made: ['deep', 'deep/made'],
          brought: ['brought'],
          inside: 'brought\n0\n',
          note: '5\n',
          none: null,
          link: 'note_unreadable',
          cut: 8,
          end: { kind: 'ended', code: 137 },
          next: 'cleaned\n',
          left: [],
        });
        expect(await whatIsLeft(dockerHost, dir)).toEqual([]);
        expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
      },
      LONG,
    );
  }
});

/** To the engine of the tests, for everybody. */
async function openDoor(path: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: dockerHost.replace('unix://', ''), allowHalfOpen: true });
    client.pipe(engine).pipe(client);
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const)
      one.on('error', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o666);
  return server;
}
