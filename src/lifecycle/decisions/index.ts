export { decideRetry } from './decide-retry.ts';
export * from './roll-up.ts';
export * from './tally.ts';
