import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { checkStrayBlobs } from '../check/check-blobs.ts';
import { ownsBlobs } from './blobs-owner.ts';

let one: OpenedParts;
let other: OpenedParts;

beforeEach(async () => {
  [one, other] = [await openParts(), await openParts()];
});
afterEach(async () => {
  await one.close();
  await other.close();
});

it('gives blobs to the first database that asks, and to no other', async () => {
  const owns = async ({ store }: OpenedParts) => await ownsBlobs(store, one.blobs);
  expect([await owns(one), await owns(other), await owns(one)]).toEqual([true, false, true]);
  const strays = checkStrayBlobs(one.store, one.blobs, Number.MAX_SAFE_INTEGER);
  expect(await strays.next(), 'its mark belongs to it').toEqual({ done: true, value: undefined });
});
