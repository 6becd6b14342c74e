export * from './clock.ts';
export * from './failure.ts';
export * from './problem.ts';
