export { buildPayload } from './build-payload.ts';
export { type CacheFileReader, cacheKey } from './cache-key.ts';
export type * from './facts.ts';
export { predefinedVariables } from './predefined-variables.ts';
