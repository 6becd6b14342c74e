import { endAttempt, insertAttempt, putMember, revokeToken, updateUser } from '../../../store/index.ts';
import {
  ACCESS_LEVELS,
  ALL_SCOPES,
  drawToken,
  hashToken,
  NOBODY,
  type Principal,
  type ROLES,
  SCOPES,
} from '../../access/index.ts';
import { EVERYBODY } from '../../testing/serve-all.ts';
import { createToken, createUser, setPassword } from '../../users/index.ts';
import { issueToken } from '../../users/people/issue-token.ts';
import { made, PASSWORD, type Target } from './open-target.ts';

/** Somebody who shows a credential, and whom it makes them. */
export interface Asker {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `wrong`: a credential that is nobody's, which is never taken for none. `unproven`: may read, what changes something is refused. */
  readonly is: Principal | 'wrong' | 'unproven';
  /** What they are to the project: by membership, as its administrator, or by nothing. */
  readonly role: (typeof EVERYBODY)[number] | 'job' | null;
}

/** Everybody, with every kind of credential. */
export async function openAskers(target: Target): Promise<readonly Asker[]> {
  return [
    ...EVERYBODY.map((who) => member(target, who)),
    ...(await scopedTokens(target)),
    ...(await sessions(target)),
    ...(await projectTokens(target)),
    ...(await jobTokens(target)),
    ...(await deadTokens(target)),
    wrong('a trigger token', target.trigger.token),
    wrong('a runner token', target.runner.token),
    wrong('the token of a job as a personal one', target.jobs.running.token),
    wrong('nothing but a header', ''),
    {
      name: 'a personal token as that of a job',
      headers: { 'job-token': token(target, 'owner') },
      is: 'wrong',
      role: null,
    },
  ];
}

function member(target: Target, who: (typeof EVERYBODY)[number]): Asker {
  const headers: Record<string, string> = who === 'nobody' ? {} : { 'private-token': token(target, who) };
  return { name: who, headers, is: who === 'nobody' ? NOBODY : principal(target, who), role: who };
}

function principal({ userIds }: Target, who: (typeof EVERYBODY)[number]): Extract<Principal, { kind: 'user' }> {
  const user = { id: userIds.get(who) ?? 0, username: who, name: who, isAdministrator: who === 'administrator' };
  return { kind: 'user', user, via: 'token', scopes: ALL_SCOPES, project: null };
}

function token({ tokens }: Target, who: (typeof EVERYBODY)[number]): string {
  return tokens.get(who) ?? '';
}

function wrong(name: string, text: string): Asker {
  return { name, headers: { 'private-token': text }, is: 'wrong', role: null };
}

async function scopedTokens(target: Target): Promise<readonly Asker[]> {
  const all = SCOPES.filter((each) => each !== 'api').map(async (scope): Promise<Asker> => {
    const text = await createToken(target.parts, { username: 'owner', name: scope, scopes: [scope], expiresAt: null });
    const is = { ...principal(target, 'owner'), scopes: new Set([scope]) };
    return { name: `the owner with ${scope}`, headers: { authorization: `Bearer ${text}` }, is, role: null };
  });
  return await Promise.all(all);
}

async function sessions(target: Target): Promise<readonly Asker[]> {
  const { parts } = target;
  await setPassword(parts, { username: 'developer', password: PASSWORD });
  const blocked = await addBlocked(target, async () => await signIn(target, 'blocked'));
  const { cookie, csrf } = await signIn(target, 'developer');
  const is = { ...principal(target, 'developer'), via: 'session' } as const;
  return [
    { name: 'a developer in a browser', headers: { cookie, 'x-csrf-token': csrf }, is, role: 'developer' },
    { name: 'the page of another site', headers: { cookie }, is: 'unproven', role: null },
    {
      name: 'one who has guessed half',
      headers: { cookie, 'x-csrf-token': csrf.slice(0, -1) },
      is: 'unproven',
      role: null,
    },
    { name: 'the browser of one who is blocked', headers: { cookie: blocked.cookie }, is: NOBODY, role: 'nobody' },
    wrong('one who is blocked', blocked.token),
  ];
}

async function signIn({ app }: Target, login: string): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const answer = await app.inject({ method: 'POST', url: '/users/sign_in', payload: { login, password: PASSWORD } });
  return {
    cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '',
    csrf: answer.json<{ csrf_token: string }>().csrf_token,
  };
}

/** An owner of the project, with whatever they had made themselves before they were blocked. */
async function addBlocked<T>(
  { parts, project }: Target,
  before: () => Promise<T>,
): Promise<T & { readonly token: string }> {
  const user = {
    username: 'blocked',
    name: 'x',
    email: 'blocked@ci.example',
    password: PASSWORD,
    isAdministrator: true,
  };
  const userId = await createUser(parts, user);
  const role = ACCESS_LEVELS.owner;
  await parts.store.write((tx) =>
    putMember(tx, { source: 'project', sourceId: project.id, userId, role, expiresAt: null }),
  );
  const text = await createToken(parts, { username: 'blocked', name: 'x', scopes: ['api'], expiresAt: null });
  const had = await before();
  await parts.store.write((tx) => updateUser(tx, userId, { state: 'blocked' }));
  return { ...had, token: text };
}

async function projectTokens(target: Target): Promise<readonly Asker[]> {
  const of = async (projectId: number, name: string, most: (typeof ROLES)[number]): Promise<Asker> => {
    const body = { name, scopes: ['api'], access_level: ACCESS_LEVELS[most] };
    const { token: text } = await made(target, `/projects/${projectId}/access_tokens`, body, 'administrator');
    const is = { ...principal(target, 'administrator'), project: { id: projectId, most } };
    return { name, headers: { 'private-token': text }, is, role: null };
  };
  return [
    await of(target.project.id, "the project's token of a developer", 'developer'),
    await of(target.other.id, "another project's token", 'owner'),
  ];
}

async function jobTokens(target: Target): Promise<readonly Asker[]> {
  const { jobs, project, other } = target;
  const of = (name: string, text: string, is: Asker['is'], role: Asker['role'] = null): Asker => ({
    name,
    headers: { 'job-token': text },
    is,
    role,
  });
  const job = (jobId: number, projectId: number) => ({ kind: 'job', jobId, projectId }) as const;
  return [
    of('a job of the project', jobs.running.token, job(jobs.running.id, project.id), 'job'),
    of('a job of another project', jobs.foreign.token, job(jobs.foreign.id, other.id)),
    of('a job that has ended', jobs.ended.token, 'wrong'),
    of('an attempt that is over', await older(target), 'wrong'),
  ];
}

async function deadTokens({ parts, userIds }: Target): Promise<readonly Asker[]> {
  const common = {
    kind: 'personal',
    userId: userIds.get('owner') ?? 0,
    projectId: null,
    scopes: ['api'],
    role: null,
  } as const;
  const [revoked, expired] = await parts.store.write(async (tx) => {
    const over = await issueToken(tx, { ...common, name: 'revoked', expiresAt: null });
    await revokeToken(tx, over.id);
    return [over, await issueToken(tx, { ...common, name: 'expired', expiresAt: tx.now() })] as const;
  });
  return [wrong('a token that was revoked', revoked.token), wrong('a token that has expired', expired.token)];
}

/** The token of an attempt of the running job that is over. */
export async function older({ parts, jobs, project, pipeline, runner }: Target): Promise<string> {
  const token = drawToken('glcbt-');
  const features = { cancelGracefully: true, phases: true, cleanupOnly: true };
  const attempt = { jobId: jobs.running.id, pipelineId: pipeline, projectId: project.id } as const;
  await parts.store.write(async (tx) => {
    const row = { ...attempt, kind: 'job', runnerId: runner.id, features, managerId: null } as const;
    await insertAttempt(tx, { ...row, attempt: 99, tokenHash: hashToken(token), leaseUntil: 0 });
    await endAttempt(tx, jobs.running.id, 99);
  });
  return token;
}
