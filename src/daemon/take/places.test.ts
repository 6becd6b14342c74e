import { expect, it } from 'vitest';
import { Places } from './places.ts';

const never = new AbortController().signal;

/** Takes a place, and says who has one, in which order. */
async function take(places: Places, name: string, order: string[], signal = never) {
  const place = await places.take(signal);
  order.push(place === null ? `${name} gave up` : name);
  return place;
}

/** Whoever can go on has done so. */
const settle = () => new Promise(setImmediate);

it('hands places out in the order in which they are waited for, and no more than there are', async () => {
  const places = new Places(() => 1);
  const order: string[] = [];
  const first = await take(places, 'a', order);
  const second = take(places, 'b', order);
  const third = take(places, 'c', order);
  await settle();
  expect(order).toEqual(['a']);
  first?.giveBack();
  first?.giveBack();
  // It comes back at once, and stands behind the others.
  const again = take(places, 'a', order);
  (await second)?.giveBack();
  (await third)?.giveBack();
  await again;
  expect(order).toEqual(['a', 'b', 'c', 'a']);
});

it('lets somebody stop waiting without the loss of a place', async () => {
  const places = new Places(() => 1);
  const order: string[] = [];
  const first = await take(places, 'a', order);
  const stop = new AbortController();
  const second = take(places, 'b', order, stop.signal);
  const third = take(places, 'c', order);
  stop.abort();
  await second;
  first?.giveBack();
  await third;
  expect(order).toEqual(['a', 'b gave up', 'c']);
});

it('has the request that was held longest give way to whoever waits, and none where there is room', async () => {
  const places = new Places(() => 2);
  const gaveWay: string[] = [];
  const one = await places.take(never);
  one?.hold(() => gaveWay.push('one'));
  const two = await places.take(never);
  const letGo = two?.hold(() => gaveWay.push('two'));
  expect(gaveWay).toEqual([]);
  const third = places.take(never);
  expect(gaveWay).toEqual(['one']);
  letGo?.();
  void places.take(never);
  expect(gaveWay).toEqual(['one']);
  one?.giveBack();
  expect(await third).not.toBeNull();
});

it('takes requests for idle while there is a place for each that asks', async () => {
  let concurrent = 2;
  const places = new Places(() => concurrent);
  places.join(() => true);
  let wants = true;
  places.join(() => wants);
  expect(places.mayHold).toBe(true);
  const endJob = places.claim();
  expect(places.mayHold).toBe(false);
  wants = false;
  expect(places.mayHold).toBe(true);
  wants = true;
  endJob();
  expect(places.mayHold).toBe(true);
  concurrent = 1;
  expect(places.mayHold).toBe(false);
});

it('follows a limit that changes: more places at once, fewer as they come back', async () => {
  let concurrent = 1;
  const places = new Places(() => concurrent);
  const order: string[] = [];
  const first = await take(places, 'a', order);
  const second = take(places, 'b', order);
  concurrent = 2;
  places.look();
  const place = await second;
  concurrent = 1;
  let hasGivenWay = false;
  place?.hold(() => {
    hasGivenWay = true;
  });
  places.look();
  expect(hasGivenWay).toBe(true);
  place?.giveBack();
  const third = take(places, 'c', order);
  await settle();
  expect(order).toEqual(['a', 'b']);
  first?.giveBack();
  await third;
  expect(order).toEqual(['a', 'b', 'c']);
});
