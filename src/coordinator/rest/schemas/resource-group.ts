import { type Static, Type } from 'typebox';
import { answer, ID, INSTANT } from './common.ts';

export const PROCESS_MODE = Type.Enum(['unordered', 'oldest_first', 'newest_first', 'newest_ready_first']);

export const RESOURCE_GROUP = answer({
  id: ID,
  key: Type.String(),
  process_mode: PROCESS_MODE,
  created_at: INSTANT,
  updated_at: INSTANT,
});
export type ShownGroup = Static<typeof RESOURCE_GROUP>;
