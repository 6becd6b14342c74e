import type { Gate } from './gate.ts';

/** What `test/campaign` reads: so many trials from the first one on. A campaign that was asked for in the environment comes instead. */
export function campaignOf(kills: number, first = 1): { readonly CAMPAIGN: string } {
  const seed = Date.now() % 1_000_000_000;
  return { CAMPAIGN: process.env.CAMPAIGN ?? `${seed}:${first}:${first + kills - 1}` };
}

/** The program is killed at random moments and has to keep its promise. The seed is shown, so that a failure can be seen again. */
export async function killAtRandom(gate: Gate, kills: number, timeoutMs: number): Promise<void> {
  const env = campaignOf(kills);
  await gate.vitest({ name: `random kills ${env.CAMPAIGN}`, projects: ['campaign'], timeoutMs, env });
}
