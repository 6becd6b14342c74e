import { expireArtifacts } from './artifacts/index.ts';
import { logFilesSweep, sealingSweep } from './logs/index.ts';
import { compareRefs, workOffRef } from './repositories/index.ts';
import { signInsSweep } from './users/index.ts';
import type { EffectHandler, Sweep } from './work/index.ts';

/** What comes up by itself, beside what `work` does for pipelines. */
export function allSweeps(): readonly Sweep[] {
  return [sealingSweep, logFilesSweep, compareRefs(), expireArtifacts, signInsSweep];
}

/** Who works off effects that are not pipelines' own. */
export const EFFECT_HANDLERS: Readonly<Record<string, EffectHandler>> = { ref: workOffRef };
