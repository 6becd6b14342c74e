import type { PeopleTables } from './people-tables.ts';
import type { PipelinesTables } from './pipelines-tables.ts';
import type { WorkTables } from './work-tables.ts';

interface MetaTable {
  store_meta: { key: string; value: string };
}

/** Every table as Kysely sees it; a test compares it with what the migrations make. */
export interface Tables extends MetaTable, PeopleTables, PipelinesTables, WorkTables {}
