import { startOurWorld } from './our-world.ts';
import { startPlainWorld } from './plain-world.ts';
import type { ServerKind } from './table.ts';
import type { World } from './world.ts';

export const WORLDS: Readonly<Record<ServerKind, () => Promise<World>>> = {
  'our coordinator': startOurWorld,
  'a plain-protocol server': startPlainWorld,
};
