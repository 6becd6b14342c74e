/**
 * Who may ask what, written by hand from GitLab's table of permissions and with none of our own rules in mind: the walk holds every route against
 * it, so that a wrong line of `ACTIONS`, a route with the wrong action, and a route that nobody has thought about are all seen.
 */
export type Least =
  | 'anyone'
  | 'signed_in'
  | 'administrator'
  | 'own credential'
  | 'guest'
  | 'reporter'
  | 'developer'
  | 'maintainer'
  | 'owner';

const P = '/api/v4/projects/:id';
const JOB = `${P}/jobs/:job_id`;
const FILES = `${P}/repository`;

/** `reporter` of a project that is visible: whoever sees it. */
const BY_LEAST: Readonly<Record<Least, readonly string[]>> = {
  anyone: [
    ...['GET /-/health', 'GET /-/liveness', 'GET /-/readiness', 'GET /metrics'],
    ...['GET /api/v4/version', 'GET /api/v4/metadata', 'GET /api/openapi.json', 'GET /api/reference'],
    'GET /api/v4/ci/schema',
    ...['GET /api/reference.css', 'GET /api/v4/projects', 'GET /'],
    // Of each thing that is watched, the handler judges.
    'GET /api/v4/events',
    ...['GET /-/page/index', 'GET /-/page/:file', 'GET /-/page/session'],
  ],
  'own credential': [
    ...['POST /users/sign_in', 'GET /users/sign_in/link', 'POST /users/sign_in/link', 'DELETE /users/sign_out'],
    ...['POST /api/v4/runners', 'POST /api/v4/runners/verify', 'DELETE /api/v4/runners'],
    ...['DELETE /api/v4/runners/managers', 'POST /api/v4/runners/reset_authentication_token'],
    ...['POST /api/v4/jobs/request', 'PUT /api/v4/jobs/:id', 'PATCH /api/v4/jobs/:id/trace'],
    ...[
      'POST /api/v4/jobs/:id/artifacts',
      'POST /api/v4/jobs/:id/artifacts/authorize',
      'GET /api/v4/jobs/:id/artifacts',
      'GET /api/v4/runners/events',
    ],
    ...['GET /api/v4/job', `POST ${P}/trigger/pipeline`, `POST ${P}/ref/:ref/trigger/pipeline`],
    'GET /:namespace/:repository/info/refs',
    ...['POST /:namespace/:repository/git-upload-pack', 'POST /:namespace/:repository/git-receive-pack'],
  ],
  signed_in: [
    ...['GET /api/v4/user', 'PUT /api/v4/user/password', 'GET /api/v4/users', 'GET /api/v4/users/:user_id'],
    ...['GET /api/v4/namespaces', 'GET /api/v4/namespaces/:namespace_id', 'POST /api/v4/projects'],
    ...['GET /api/v4/personal_access_tokens', 'GET /api/v4/personal_access_tokens/self'],
    ...['DELETE /api/v4/personal_access_tokens/self', 'POST /api/v4/personal_access_tokens/self/rotate'],
    ...['GET /api/v4/personal_access_tokens/:token_id', 'DELETE /api/v4/personal_access_tokens/:token_id'],
    ...['POST /api/v4/personal_access_tokens/:token_id/rotate', 'POST /api/v4/user/personal_access_tokens'],
    'POST /api/v4/ci/lint',
    // Of which runner it may be, the handler judges.
    ...['POST /api/v4/user/runners', 'POST /api/v4/runners/reset_registration_token'],
    ...['GET /api/v4/runners', 'GET /api/v4/runners/all', 'GET /api/v4/runners/:id', 'PUT /api/v4/runners/:id'],
    ...['GET /api/v4/runners/:id/managers', 'GET /api/v4/runners/:id/jobs', 'DELETE /api/v4/runners/:id'],
    ...['POST /api/v4/runners/:id/reset_authentication_token', 'POST /api/v4/runners/:id/release'],
  ],
  administrator: [
    ...['POST /api/v4/users', 'PUT /api/v4/users/:user_id', 'POST /api/v4/users/:user_id/block'],
    ...['POST /api/v4/users/:user_id/unblock', 'POST /api/v4/users/:user_id/personal_access_tokens'],
    ...['GET /api/v4/admin/ci/variables', 'GET /api/v4/admin/ci/variables/:key', 'POST /api/v4/admin/ci/variables'],
    ...['PUT /api/v4/admin/ci/variables/:key', 'DELETE /api/v4/admin/ci/variables/:key'],
    ...['GET /api/v4/obligations', 'GET /api/v4/obligations/sums', 'GET /api/v4/audit_events'],
  ],
  guest: [
    ...[`GET ${P}`, `GET ${P}/members`, `GET ${P}/members/:user_id`, `GET ${P}/members/all`],
    ...[`GET ${P}/members/all/:user_id`, `GET ${P}/pipelines`, `GET ${P}/pipelines/latest`],
    ...[
      `GET ${P}/pipelines/:pipeline_id`,
      `GET ${P}/pipelines/:pipeline_id/graph`,
      `GET ${P}/pipelines/:pipeline_id/jobs`,
      `GET ${P}/jobs`,
      `GET ${JOB}`,
    ],
    ...[
      `GET ${P}/pipelines/:pipeline_id/bridges`,
      `GET ${JOB}/trace`,
      `GET ${JOB}/attempts`,
      `GET ${JOB}/trace/lines`,
      `GET ${JOB}/trace/search`,
      `GET ${JOB}/artifacts`,
      `GET ${JOB}/artifacts/tree`,
      `GET ${JOB}/artifacts/*`,
    ],
    ...[`GET ${P}/jobs/artifacts/:ref/download`, `GET ${P}/jobs/artifacts/:ref/raw/*`],
    ...[`GET ${P}/pipelines/:pipeline_id/events`, `GET ${JOB}/events`, `GET ${JOB}/trace/events`],
    ...['GET /:id/-/pipelines', 'GET /:id/-/pipelines/:pipeline_id', 'GET /:id/-/jobs/:job_id'],
    'GET /:id/-/jobs/:job_id/raw',
  ],
  reporter: [
    ...[`GET ${FILES}/branches`, `GET ${FILES}/branches/:branch`, `GET ${FILES}/tags`, `GET ${FILES}/tags/:tag_name`],
    ...[`GET ${FILES}/commits`, `GET ${FILES}/commits/:sha`, `GET ${FILES}/commits/:sha/diff`],
    ...[`GET ${FILES}/commits/:sha/refs`, `GET ${FILES}/compare`, `GET ${FILES}/merge_base`, `GET ${FILES}/tree`],
    ...[`GET ${FILES}/files/:file_path`, `GET ${FILES}/files/:file_path/raw`, `GET ${FILES}/blobs/:sha`],
    ...[`GET ${FILES}/blobs/:sha/raw`, `GET ${FILES}/archive`, `GET ${FILES}/archive.tar.gz`],
    ...[`GET ${FILES}/archive.tgz`, `GET ${FILES}/archive.tar`, `GET ${FILES}/archive.zip`, `GET ${P}/obligations`],
    `GET ${P}/obligations/sums`,
  ],
  developer: [
    ...[`GET ${P}/protected_branches`, `GET ${P}/protected_branches/:name`, `GET ${P}/protected_tags`],
    ...[`GET ${P}/protected_tags/:name`, `GET ${P}/pipelines/:pipeline_id/variables`, `POST ${P}/pipeline`],
    `GET ${JOB}/variables`,
    ...[`POST ${P}/pipelines/:pipeline_id/cancel`, `POST ${P}/pipelines/:pipeline_id/retry`],
    ...[`PUT ${P}/pipelines/:pipeline_id/metadata`, `POST ${JOB}/cancel`, `POST ${JOB}/retry`, `POST ${JOB}/play`],
    ...[`POST ${JOB}/erase`, `POST ${JOB}/artifacts/keep`, `GET ${P}/resource_groups`],
    ...[`GET ${P}/resource_groups/:key`, `GET ${P}/resource_groups/:key/upcoming_jobs`],
    ...[`GET ${P}/resource_groups/:key/current_job`, `PUT ${P}/resource_groups/:key`],
    ...[`POST ${P}/ci/lint`, `GET ${P}/ci/lint`],
  ],
  maintainer: [
    ...[`GET ${P}/access_tokens`, `POST ${P}/access_tokens`, `GET ${P}/access_tokens/:token_id`],
    ...[`DELETE ${P}/access_tokens/:token_id`, `POST ${P}/access_tokens/:token_id/rotate`, `PUT ${P}`],
    ...[`POST ${P}/members`, `PUT ${P}/members/:user_id`, `DELETE ${P}/members/:user_id`],
    ...[`POST ${P}/protected_branches`, `DELETE ${P}/protected_branches/:name`, `POST ${P}/protected_tags`],
    ...[`DELETE ${P}/protected_tags/:name`, `POST ${P}/runners/reset_registration_token`, `GET ${P}/runners`],
    ...[`POST ${P}/runners`, `DELETE ${P}/runners/:runner_id`, `GET ${P}/variables`, `GET ${P}/variables/:key`],
    ...[
      `POST ${P}/variables`,
      `PUT ${P}/variables/:key`,
      `DELETE ${P}/variables/:key`,
      `DELETE ${JOB}/artifacts`,
      `DELETE ${P}/artifacts`,
    ],
    ...[`POST ${P}/obligations/:job_id/settle`, `GET ${P}/triggers`, `GET ${P}/triggers/:trigger_id`],
    ...[`POST ${P}/triggers`, `PUT ${P}/triggers/:trigger_id`, `DELETE ${P}/triggers/:trigger_id`],
    `GET ${P}/audit_events`,
  ],
  owner: [`POST ${P}/archive`, `POST ${P}/unarchive`, `DELETE ${P}`, `DELETE ${P}/pipelines/:pipeline_id`],
};

export const PERMISSIONS: ReadonlyMap<string, Least> = new Map(
  (Object.entries(BY_LEAST) as [Least, readonly string[]][]).flatMap(([least, routes]) =>
    routes.map((route) => [route, least] as const),
  ),
);

/** What a job may ask about its own project with its token: to read it, its files, pipelines, jobs and artifacts, and nothing else. */
export function isForJobs(route: string): boolean {
  const least = PERMISSIONS.get(route);
  const isRead = least === 'guest' || (least === 'reporter' && route.includes('/repository'));
  return least === 'anyone' || (isRead && !route.includes('/members'));
}
