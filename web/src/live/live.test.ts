import { beforeEach, expect, it } from 'vitest';
import { createLive, type Link, type Live } from './index.ts';
import { createFakeWorld, type FakeWorld, type Served } from './testing/fake-world.ts';

let world: FakeWorld;
let live: Live;
let links: Link[];
let heard: string[];
let bugs: unknown[];

beforeEach(() => {
  world = createFakeWorld();
  links = [];
  heard = [];
  bugs = [];
  live = createLive(world, {
    address: '/events',
    onLink: (link) => links.push(link),
    onAnswer: () => {},
    onBug: (error) => bugs.push(error),
    inOne: (run) => run(),
  });
});

function watch(name: string, glance?: () => Promise<boolean>): () => void {
  return live.watch({
    name: () => name,
    hear: (event, data) => heard.push(`${name} ${event} ${JSON.stringify(data)}`),
    ...(glance === undefined ? {} : { glance }),
  });
}

/** The one stream that is open. */
function stream(): Served {
  expect(world.open).toHaveLength(1);
  return world.open[0] as Served;
}

const kinds = (): readonly string[] => links.map(({ kind }) => kind);

it('asks for all that is watched over one stream, and tells each what is its own', async () => {
  watch('pipeline:1');
  watch('job:2');
  await world.pass(0);
  expect(stream().url).toBe('/events?watch[]=pipeline%3A1&watch[]=job%3A2');
  await stream().send('pipeline', 'pipeline:1', 1);
  await stream().send('job', 'job:2', 2);
  await stream().send('job', 'job:3', 3);
  expect(heard).toEqual(['pipeline:1 pipeline 1', 'job:2 job 2']);
  watch('job:4');
  await world.pass(0);
  expect(stream().url).toContain('job%3A4');
  expect(world.asked).toHaveLength(2);
  expect(kinds()).toEqual(['connecting', 'live', 'connecting', 'live']);
});

it('is lost after 25 s without a beat, whatever the connection says, and says since when', async () => {
  watch('pipeline:1');
  await world.pass(0);
  const lostOne = stream();
  for (let beats = 0; beats < 5; beats += 1) {
    await world.pass(10_000);
    await lostOne.write(': \n\n');
  }
  expect(kinds()).toEqual(['connecting', 'live']);
  const heardAt = world.now();
  world.serve('down');
  await world.pass(25_000);
  expect(links.at(-1)).toEqual({ kind: 'lost', since: heardAt });
  await world.pass(60_000);
  expect(links.at(-1)).toEqual({ kind: 'lost', since: heardAt });
  expect(world.asked.length).toBeLessThan(15);
  world.serve('stream');
  await world.pass(10_000);
  expect(links.at(-1)).toEqual({ kind: 'live' });
});

it('comes back from a proxy that has no server behind it, and when it was promised one', async () => {
  watch('pipeline:1');
  world.serve({ status: 502 });
  await world.pass(5_000);
  expect(kinds().at(-1)).toBe('lost');
  world.serve({ status: 503, headers: { 'retry-after': '30' } });
  await world.pass(10_000);
  const { length } = world.asked;
  await world.pass(19_000);
  expect(world.asked).toHaveLength(length);
  world.serve('stream');
  await world.pass(30_000);
  expect(kinds().at(-1)).toBe('live');
});

it('comes back at once where the server sends everybody away, and asks for what is watched by then', async () => {
  let line = 5;
  live.watch({ name: () => `log:1@${line}`, hear: () => {} });
  await world.pass(0);
  await stream().send('log', 'log:1@5', {});
  line = 70;
  await stream().write('retry: 100\n\n');
  await stream().end();
  await world.pass(300);
  expect(stream().url).toBe('/events?watch[]=log%3A1%4070');
});

it('does not ask again for what has ended or is refused, nor at all when that is everything', async () => {
  watch('job:1');
  watch('job:2');
  await world.pass(0);
  await stream().send('end', 'job:1', { status: 'success' });
  await stream().send('refused', 'job:2', { status: 404 });
  await stream().end();
  await world.pass(60_000);
  expect(world.asked).toHaveLength(1);
  expect(kinds().at(-1)).toBe('over');
  expect(heard).toHaveLength(2);
});

it('stays away from who refuses it, until it is told that something has changed', async () => {
  watch('pipeline:1');
  world.serve({ status: 404 });
  await world.pass(60_000);
  expect(links.at(-1)).toEqual({ kind: 'refused', status: 404 });
  expect(world.asked).toHaveLength(1);
  world.serve('stream');
  live.again();
  await world.pass(0);
  expect(kinds().at(-1)).toBe('live');
});

it('lets its connection go for a request that waits, and does not call that live', async () => {
  watch('pipeline:1');
  await world.pass(0);
  const back = live.letGo();
  await world.pass(60_000);
  expect([world.open.length, kinds().at(-1)]).toEqual([0, 'lost']);
  back();
  back();
  await world.pass(0);
  expect([world.open.length, kinds().at(-1)]).toEqual([1, 'live']);
});

it('lets go when nobody has looked for a while, has a glance while something is unfinished, and is back with who looks', async () => {
  let glances = 0;
  watch('pipeline:1', async () => {
    glances += 1;
    return glances < 3;
  });
  await world.pass(0);
  live.setHidden(true);
  await world.pass(9_000);
  live.setHidden(false);
  await world.pass(100_000);
  await world.pass(0);
  expect([world.asked.length > 0, glances]).toEqual([true, 0]);
  live.setHidden(true);
  await world.pass(10_000);
  expect([world.open.length, kinds().at(-1)]).toEqual([0, 'away']);
  await world.pass(600_000);
  expect(glances).toBe(3);
  live.setHidden(false);
  await world.pass(0);
  expect(kinds().at(-1)).toBe('live');
});

it('closes when nothing is watched any more, and holds no watcher up for what another one threw', async () => {
  const stop = live.watch({
    name: () => 'pipeline:1',
    hear: () => {
      throw new Error('bug');
    },
  });
  const stopOther = watch('pipeline:1');
  await world.pass(0);
  await stream().send('pipeline', 'pipeline:1', 1);
  expect([bugs.length, heard]).toEqual([1, ['pipeline:1 pipeline 1']]);
  stop();
  await world.pass(0);
  expect(world.open).toHaveLength(1);
  stopOther();
  await world.pass(0);
  expect([world.open.length, kinds().at(-1)]).toEqual([0, 'idle']);
});
