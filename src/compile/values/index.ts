export * from './duration.ts';
export * from './slug.ts';
