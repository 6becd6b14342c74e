import { afterEach, beforeEach, expect, it } from 'vitest';
import { Serving } from './support/serving.ts';

let serving: Serving;

beforeEach(async () => {
  serving = await Serving.start('SQLite');
});
afterEach(async () => {
  await serving.dispose();
});

it('puts what an administrator does at the machine on the audit list, and says on standard error that nothing is owed', async () => {
  const at = ['--data-dir', serving.dataDir];
  serving.run('admin', 'user', 'create', '--username', 'ana', '--email', 'ana@example.com', ...at);
  const owed = await serving.runBeside('admin', 'obligations', ...at);
  expect(owed).toEqual({
    stdout: '',
    stderr: 'epilogue: no cleanup is open, and none that did not end well is unsettled\n',
  });
  const { json } = await serving.ask('GET', '/api/v4/audit_events');
  // The token is the one that this test asks with.
  expect(json).toMatchObject([
    { event_name: 'user.create', author_id: null, details: { author_name: 'epilogue admin', target_type: 'user' } },
    { event_name: 'token.create', entity_type: 'Instance', details: { custom: { username: 'root' } } },
  ]);
});
