export * from './clock.ts';
export * from './failure.ts';
export * from './file-lock.ts';
export * from './make-directory.ts';
export * from './problem.ts';
export * from './remove-tree.ts';
export * from './suggest.ts';
export * from './write-durably.ts';
