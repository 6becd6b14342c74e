import { missingPostgres, startPostgresServer } from '../../src/store/testing/postgres-server.ts';
import type { Component } from './component.ts';

/** One server for all test files that want a database; each makes its own in it. It ends with whoever started it, killed or not. */
export const postgres: Component = {
  name: 'PostgreSQL',
  debianPackages: ['postgresql'],
  missing: missingPostgres,
  async start() {
    const { urlOf, stop } = await startPostgresServer();
    return { env: { EPILOGUE_TEST_POSTGRES: urlOf('postgres') }, stop };
  },
};
