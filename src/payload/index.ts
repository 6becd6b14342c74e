export { buildPayload } from './build-payload.ts';
export { type CacheFileReader, cacheKey } from './cache-key.ts';
export type * from './facts.ts';
export { predefinedVariables, userVariables } from './predefined-variables.ts';
