import { doomedBlobsSweep, expireArtifacts } from './artifacts/index.ts';
import { logFilesSweep, sealingSweep } from './logs/index.ts';
import { orphansSweep } from './operate/upkeep/orphans-sweep.ts';
import { repositoriesSweep } from './operate/upkeep/repositories-sweep.ts';
import { compareRefs, workOffRef } from './repositories/index.ts';
import { signInsSweep } from './users/index.ts';
import type { EffectHandler, Sweep } from './work/index.ts';

/** What comes up by itself, beside what `work` does for pipelines. */
export function allSweeps(): readonly Sweep[] {
  return [
    ...[sealingSweep, logFilesSweep, compareRefs(), expireArtifacts, signInsSweep],
    ...[doomedBlobsSweep(), repositoriesSweep(), orphansSweep],
  ];
}

/** Who works off effects that are not pipelines' own. */
export const EFFECT_HANDLERS: Readonly<Record<string, EffectHandler>> = { ref: workOffRef };
