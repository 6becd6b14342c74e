import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { insertSession } from '../../../store/index.ts';
import { hashToken } from '../../access/index.ts';
import { type ServedAll, serveAll, type Who } from '../../testing/serve-all.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { type EventReader, readEvents } from '../testing/read-events.ts';

const COOKIE = { 'private-token': '', cookie: 'epilogue_session=browser' };

// The clock stands still: nobody looks by himself, and no stream is over because it was long enough.
describeOnEachEngine((engine) => {
  let all: ServedAll;
  /** On PostgreSQL of another replica than the one at which everything is changed. */
  let address: string;
  let pipelineId: number;
  const opened: EventReader[] = [];

  beforeEach(async () => {
    all = await serveAll({ engine });
    const isOne = engine === 'SQLite';
    address = isOne ? await all.app.listen({ port: 0, host: '127.0.0.1' }) : await all.openReplica();
    pipelineId = await startPipeline(all.parts, all.project);
  });
  afterEach(async () => {
    for (const reader of opened.splice(0)) reader.close();
    await all.close();
  });

  async function read(path: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
    const reader = await readEvents(`${address}/api/v4/${path}`, headers);
    opened.push(reader);
    return reader;
  }

  const tokenOf = (who: Who) => ({ 'private-token': all.tokens.get(who) ?? '' });
  const change = async (method: string, path: string, options: Parameters<ServedAll['ask']>[2]): Promise<void> => {
    expect((await all.ask(method, path, options)).status).toBeLessThan(300);
  };

  async function signIn(who: Who): Promise<void> {
    const session = { tokenHash: hashToken('browser'), csrfToken: 'csrf', ip: '', userAgent: '' };
    const userId = all.userIds.get(who) ?? 0;
    await all.parts.store.write((tx) => insertSession(tx, { ...session, userId, expiresAt: tx.now() + 1_000_000 }));
  }

  it("ends the streams of whoever is blocked, signs out, or is no member any more, at once, and nobody else's", async () => {
    await signIn('developer');
    const project = `/api/v4/projects/${all.project.id}`;
    const removed = () => change('DELETE', `${project}/members/${all.userIds.get('guest')}`, { as: 'owner' });
    const blocked = () => change('POST', `/api/v4/users/${all.userIds.get('reporter')}/block`, { as: 'administrator' });
    const left = () => change('DELETE', '/users/sign_out', { as: 'nobody', headers: { cookie: COOKIE.cookie } });
    const revoked = () => change('DELETE', '/api/v4/personal_access_tokens/self', { as: 'maintainer' });
    const own = `projects/${all.project.id}/pipelines/${pipelineId}/events`;
    const page = `events?watch[]=pipeline:${pipelineId}`;
    const stays = await read(page, tokenOf('owner'));
    await stays.until('jobs');
    for (const [headers, deed, refusal] of [
      [tokenOf('guest'), removed, 404],
      [tokenOf('reporter'), blocked, 401],
      [COOKIE, left, 404],
      [tokenOf('maintainer'), revoked, 401],
    ] as const) {
      const readers = [await read(own, headers), await read(page, headers)];
      for (const reader of readers) await reader.until('jobs');
      await deed();
      for (const reader of readers) expect(await reader.next()).toBeNull();
      expect((await read(own, headers)).status).toBe(refusal);
    }
    // Whose number is that of the project, and who has no part in it.
    expect(all.userIds.get('stranger')).toBe(all.project.id);
    await change('POST', `/api/v4/users/${all.project.id}/block`, { as: 'administrator' });
    await change('POST', `${project}/pipelines/${pipelineId}/cancel`, { as: 'owner' });
    expect((await stays.next())?.data.data.status).toBe('canceled');
  });

  it('ends those of people who saw a project because all might, when it is hidden', async () => {
    const project = `/api/v4/projects/${all.project.id}`;
    await change('PUT', project, { body: { visibility: 'public' } });
    const reader = await read(`events?watch[]=pipeline:${pipelineId}`, { 'private-token': '' });
    await reader.until('jobs');
    await change('PUT', project, { body: { visibility: 'private' } });
    expect(await reader.next()).toBeNull();
  });
});
