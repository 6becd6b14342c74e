export * from './duration.ts';
export * from './expand.ts';
export * from './lookup.ts';
export * from './slug.ts';
