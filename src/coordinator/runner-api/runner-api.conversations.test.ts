import { afterAll, beforeAll, expect, it } from 'vitest';
import { setRegistrationToken } from '../../store/index.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { hashToken } from '../work/index.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from './index.ts';
import { readConversations } from './testing/read-conversations.ts';
import { Replay } from './testing/replay.ts';
import { type RunnerAnswer, type RunnerServer, serveRunners } from './testing/serve-runners.ts';
import { addRunner } from './testing/test-runner.ts';

const FILES = { '.gitlab-ci.yml': 'a: {script: x, after_script: [y]}\n' };
const REGISTRATION = 'GR1348941-registration';

let parts: OpenedParts;
let server: RunnerServer;
let project: TestProject;
let replay: Replay;

beforeAll(async () => {
  parts = await openParts();
  server = await serveRunners(parts, () =>
    runnerProtocolRoutes(parts, { ...DEFAULT_LIMITS, maxArtifactBytes: 10_000 }),
  );
  project = await makeProject(parts, { files: FILES });
  await parts.store.write((tx) => setRegistrationToken(tx, null, hashToken(REGISTRATION)));
  const runner = await addRunner(parts, server);
  await startPipeline(parts, project);
  const bare = (await runner.poll()).json;
  await runner.put(bare, { state: 'success' });
  replay = new Replay({
    parts,
    server,
    token: runner.token,
    registrationToken: REGISTRATION,
    makeJob: async () => void (await startPipeline(parts, project)),
    bareJob: bare.id,
  });
});

afterAll(async () => {
  await server.close();
  await parts.close();
});

/** As the fixture writes it. */
function shown({ status, headers }: RunnerAnswer, verb: string): string {
  const job = headers.get('job-status');
  const range = verb === 'PATCH' && status !== 403 ? headers.get('range') : null;
  return [status, ...(verb === 'PUT' || verb === 'PATCH' ? [job] : []), range]
    .filter((word) => word !== null)
    .join(' ');
}

/** What runners read of an answer besides. */
function check({ status, headers, bytes, json }: RunnerAnswer, verb: string): void {
  const type = headers.get('content-type');
  if (verb === 'request' && status < 300) expect(headers.get('x-gitlab-last-update')).toMatch(/./);
  if (verb === 'request' && status === 201) expect(json).toMatchObject(PAYLOAD);
  if (['verify', 'register'].includes(verb))
    expect(json).toMatchObject({ id: expect.any(Number), token: expect.any(String) });
  if (verb === 'PUT' && status < 300) expect(bytes.toString()).toBe(String(status));
  if (verb === 'PUT' && status === 412) expect(bytes.toString()).toBe('412');
  if (verb === 'PATCH' && status === 202) expect(bytes.toString()).toBe(headers.get('range'));
  if (status < 300 && (verb === 'PUT' || verb === 'PATCH')) {
    expect(headers.get('x-gitlab-trace-update-interval')).toMatch(/^\d+$/);
  }
  // GitLab's runner takes nothing else for JSON, whatever the status says.
  if (json !== null || verb === 'request' || verb === 'verify')
    expect(type ?? 'application/json').toMatch(/^application\/json/);
  if (verb === 'GET' && status === 200) expect(bytes.subarray(0, 2).toString()).toBe('PK');
}

const [text, number] = [expect.any(String), expect.any(Number)];
/** Wrong types are fatal to GitLab's runner. */
const PAYLOAD = {
  id: number,
  token: text,
  allow_git_fetch: expect.any(Boolean),
  job_info: {
    id: number,
    name: text,
    stage: text,
    project_id: number,
    project_name: text,
    project_full_path: text,
    namespace_id: number,
    root_namespace_id: number,
    organization_id: 1,
    project_jobs_running_on_instance_runners_count: text,
    time_in_queue_seconds: number,
    pipeline_id: number,
  },
  git_info: {
    repo_url: text,
    repo_object_format: 'sha1',
    ref: 'main',
    sha: expect.stringMatching(/^[0-9a-f]{40}$/),
    before_sha: text,
    ref_type: 'branch',
    refspecs: expect.arrayContaining([expect.stringMatching(/^\+[^:]+:refs\/pipelines\/\d+$/)]),
    depth: number,
    protected: expect.any(Boolean),
  },
  runner_info: { timeout: number },
  variables: expect.arrayContaining([
    { key: 'CI_JOB_ID', value: text, public: true, file: false, masked: false, raw: expect.any(Boolean) },
  ]),
  steps: [{ name: 'script' }, { name: 'after_script' }],
  dependencies: [],
  features: { failure_reasons: expect.arrayContaining(['script_failure']) },
};

it.each(readConversations().map((conversation) => [conversation.title, conversation] as const))(
  'answers as a server of GitLab does: %s',
  async (title, { turns }) => {
    for (const turn of turns) {
      const answer = await replay.say(turn, title.startsWith('PA.'));
      if (answer === null) continue;
      const verb = turn.words[0] ?? '';
      expect([turn.line, shown(answer, verb)]).toEqual([turn.line, turn.due]);
      check(answer, verb);
    }
  },
);
