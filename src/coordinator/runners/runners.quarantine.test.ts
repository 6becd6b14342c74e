import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import { listAudit } from '../../store/index.ts';
import { type EventReader, readEvents } from '../live/testing/read-events.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../runner-api/index.ts';
import { type RunnerAnswer, type RunnerServer, serveRunners } from '../runner-api/testing/serve-runners.ts';
import { OURS } from '../runner-api/testing/test-runner.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { runnersRoutes } from './index.ts';

const SINCE = '2026-01-02T03:00:00.000Z';
const IN = { since: SINCE, reason: 'job 7: its cleanup failed' };

describeOnEachEngine((engine) => {
  let parts: OpenedParts;
  let server: RunnerServer;
  let id: number;
  let token: string;
  let reader: EventReader | null = null;

  const ask = (role: string, method: string, path: string) =>
    server.request(method, `/api/v4${path}`, {
      headers: { 'private-token': role },
      ...(method === 'GET' ? {} : { json: {} }),
    });
  /** One machine of the runner, with what it says of its quarantine. */
  const say = (path: string, quarantine: unknown = null, system_id = 's_1') => {
    const info = { features: OURS, ...(quarantine === null ? {} : { quarantine }) };
    return server.request('POST', `/api/v4${path}`, { json: { token, system_id, info } });
  };
  const released = ({ status, headers }: RunnerAnswer) => [status, headers.get('epilogue-release')];
  const shown = async () => {
    const [listed] = (await ask('owner', 'GET', '/runners/all')).json;
    const one = (await ask('owner', 'GET', `/runners/${id}`)).json;
    const managers = (await ask('owner', 'GET', `/runners/${id}/managers`)).json;
    return [listed, one, ...managers].map(({ status, quarantined }) => [status, quarantined]);
  };
  const audit = async () =>
    (await parts.store.read((db) => listAudit(db, null, { limit: 10, offset: 0, after: null, order: 'asc' }))).flatMap(
      ({ action, userName }) => (action === 'runner.create' ? [] : [`${action} by ${userName}`]),
    );

  beforeEach(async () => {
    parts = await openParts(engine);
    server = await serveRunners(parts, (gate) => [
      ...runnerProtocolRoutes(parts, DEFAULT_LIMITS),
      ...runnersRoutes(parts, gate.projects),
    ]);
    const project = await makeProject(parts, {
      files: { '.gitlab-ci.yml': 'a: {script: "true"}\nb: {script: "true"}\n' },
    });
    const made = await server.request('POST', '/api/v4/user/runners', {
      headers: { 'private-token': 'maintainer' },
      json: { runner_type: 'project_type', project_id: project.id },
    });
    ({ id, token } = made.json);
    await startPipeline(parts, project);
  });
  afterEach(async () => {
    reader?.close();
    await server.close();
    await parts.close();
    expect(parts.complaints).toEqual([]);
  });

  it('gives a machine that says it is in quarantine no job, others of its runner theirs, and shows it', async () => {
    expect(released(await say('/runners/verify', IN))).toEqual([200, null]);
    expect(released(await say('/jobs/request', IN))).toEqual([204, null]);
    expect(await shown()).toEqual([
      ['online', IN],
      ['online', IN],
      ['online', IN],
    ]);
    expect((await ask('owner', 'GET', '/runners/all?quarantined=true')).json).toMatchObject([{ id }]);
    expect((await ask('owner', 'GET', '/runners/all?quarantined=false')).json).toEqual([]);
    expect((await say('/jobs/request', null, 's_2')).status).toBe(201);
    expect(await audit()).toEqual([`runner.quarantine by runner ${id}`]);
    expect((await say('/jobs/request')).status).toBe(201);
    expect((await shown()).map(([, quarantined]) => quarantined)).toEqual([null, null, null, null]);
  });

  it('is released by whoever may change the runner, which the machine hears until it says that it is in none', async () => {
    await say('/jobs/request', IN);
    expect((await ask('developer', 'POST', `/runners/${id}/release`)).status).toBe(403);
    const answer = await ask('maintainer', 'POST', `/runners/${id}/release`);
    expect([answer.status, answer.json.quarantined]).toEqual([201, null]);
    await ask('maintainer', 'POST', `/runners/${id}/release`);
    expect(await audit()).toEqual([`runner.quarantine by runner ${id}`, 'runner.release by maintainer']);
    expect((await ask('owner', 'GET', '/runners/all?quarantined=true')).json).toEqual([]);
    expect(released(await say('/jobs/request', IN))).toEqual([204, SINCE]);
    expect(released(await say('/runners/verify', IN))).toEqual([200, SINCE]);
    const later = { ...IN, since: '2026-01-02T03:04:00.000Z' };
    expect(released(await say('/runners/verify', later)), 'another quarantine').toEqual([200, null]);
    expect((await ask('owner', 'GET', '/runners/all?quarantined=true')).json).toMatchObject([{ id }]);
    await ask('owner', 'POST', `/runners/${id}/release`);
    expect(released(await say('/runners/verify', later))).toEqual([200, later.since]);
    expect(released(await say('/jobs/request'))).toEqual([201, null]);
    expect(released(await say('/runners/verify', later)), 'said and over, then said again').toEqual([200, null]);
  });

  it('takes several reasons for one, and nothing without an instant for a quarantine', async () => {
    const why = ['job 7: failed', 'job 8: lost'];
    await say('/runners/verify', { since: SINCE, why });
    expect((await ask('owner', 'GET', `/runners/${id}`)).json.quarantined).toEqual({
      since: SINCE,
      reason: 'job 7: failed; job 8: lost',
    });
    expect((await say('/jobs/request', { since: 'soon', reason: 'x' })).status).toBe(201);
    expect((await ask('owner', 'GET', `/runners/${id}`)).json.quarantined).toBeNull();
  });

  it('is told of the release by its stream at once', async () => {
    await say('/jobs/request', IN);
    reader = await readEvents(`${server.url}/api/v4/runners/events?system_id=s_1`, { 'runner-token': token });
    expect((await reader.next())?.event).toBe('look');
    await ask('maintainer', 'POST', `/runners/${id}/release`);
    expect(await reader.next()).toMatchObject({ event: 'release', data: { since: SINCE } });
  });
});
