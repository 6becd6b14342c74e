/** For tests of other rooms than the store. */
export {
  createTestStores,
  describeOnEachEngine,
  type Engine,
} from '../../src/store/testing/engines.ts';
export { type PostgresServer, startPostgresServer } from '../../src/store/testing/postgres-server.ts';
export { createTestDatabase, type TestDatabase, whyNoPostgres } from '../../src/store/testing/test-database.ts';
