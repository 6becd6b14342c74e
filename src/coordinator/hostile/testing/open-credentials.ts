import { deleteRunner, insertSignInLink, revokeToken, setRunnerToken } from '../../../store/index.ts';
import { ACCESS_LEVELS, drawToken, hashToken, type Scope } from '../../access/index.ts';
import { createToken, setPassword } from '../../users/index.ts';
import { older } from './open-askers.ts';
import { made, PASSWORD, type Target } from './open-target.ts';

/** Every secret that there is, each by what it is; made anew where its use may spend it. */
export type Credentials = Readonly<Record<CredentialName, () => Promise<string>>>;
export type CredentialName = (typeof CREDENTIAL_NAMES)[number];
export const CREDENTIAL_NAMES = [
  ...(['nothing', 'made up', 'with a NUL', 'very long', 'password'] as const),
  ...(['administrator', 'owner', 'developer', 'reporter', 'guest', 'stranger'] as const),
  ...(['read_api', 'read_repository', 'write_repository', 'manage_runner', 'create_runner'] as const),
  ...(['project token', 'token of another project', 'session', 'sign-in link', 'used link'] as const),
  ...(['job', 'ended job', 'older attempt', 'foreign job'] as const),
  ...(['runner', 'runner of another project', 'expired runner', 'removed runner'] as const),
  ...([
    'registration',
    'registration of a project',
    'trigger',
    'trigger of another project',
    'revoked trigger',
  ] as const),
] as const;

const once = (make: () => Promise<string>): (() => Promise<string>) => {
  let text: Promise<string> | null = null;
  return () => {
    text ??= make();
    return text;
  };
};
const fixed = (text: string | undefined) => async () => text ?? '';

export async function openCredentials(target: Target): Promise<Credentials> {
  const { tokens, jobs } = target;
  await setPassword(target.parts, { username: 'owner', password: PASSWORD });
  return {
    nothing: fixed(''),
    'made up': fixed('glpat-0123456789abcdefghij'),
    'with a NUL': fixed('a\0b'),
    'very long': fixed('x'.repeat(4_000)),
    password: fixed(PASSWORD),
    administrator: fixed(tokens.get('administrator')),
    owner: fixed(tokens.get('owner')),
    developer: fixed(tokens.get('developer')),
    reporter: fixed(tokens.get('reporter')),
    guest: fixed(tokens.get('guest')),
    stranger: fixed(tokens.get('stranger')),
    ...scoped(target, ['read_api', 'read_repository', 'write_repository', 'manage_runner', 'create_runner']),
    'project token': once(() => projectToken(target, target.project.id)),
    'token of another project': once(() => projectToken(target, target.other.id)),
    session: once(() => session(target)),
    'sign-in link': () => link(target),
    'used link': async () => {
      const token = await link(target);
      await target.app.inject({ method: 'POST', url: '/users/sign_in/link', payload: { token } });
      return token;
    },
    job: fixed(jobs.running.token),
    'ended job': fixed(jobs.ended.token),
    'older attempt': once(() => older(target)),
    'foreign job': fixed(jobs.foreign.token),
    ...runners(target),
    registration: async () => (await made(target, '/runners/reset_registration_token', {})).token,
    'registration of a project': async () =>
      (await made(target, `/projects/${target.project.id}/runners/reset_registration_token`, {})).token,
    trigger: fixed(target.trigger.token),
    'trigger of another project': once(() => trigger(target, target.other.id)),
    'revoked trigger': once(async () => {
      const { id, token } = await made(target, `/projects/${target.project.id}/triggers`, { description: 'x' });
      await target.parts.store.write((tx) => revokeToken(tx, id));
      return token;
    }),
  };
}

function scoped<S extends Scope>(target: Target, scopes: readonly S[]): Record<S, () => Promise<string>> {
  const entry = (scope: S) =>
    once(() => createToken(target.parts, { username: 'owner', name: scope, scopes: [scope], expiresAt: null }));
  return Object.fromEntries(scopes.map((scope) => [scope, entry(scope)])) as Record<S, () => Promise<string>>;
}

async function projectToken(target: Target, projectId: number): Promise<string> {
  const body = { name: 'x', scopes: ['api'], access_level: ACCESS_LEVELS.developer };
  return (await made(target, `/projects/${projectId}/access_tokens`, body)).token;
}

async function trigger(target: Target, projectId: number): Promise<string> {
  return (await made(target, `/projects/${projectId}/triggers`, { description: 'x' })).token;
}

async function session({ app }: Target): Promise<string> {
  const payload = { login: 'owner', password: PASSWORD };
  const answer = await app.inject({ method: 'POST', url: '/users/sign_in', payload });
  return /=([^;]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? '';
}

async function link({ parts, userIds }: Target): Promise<string> {
  const token = drawToken('');
  const userId = userIds.get('developer') ?? 0;
  await parts.store.write((tx) =>
    insertSignInLink(tx, { tokenHash: hashToken(token), userId, expiresAt: tx.now() + 3_600_000 }),
  );
  return token;
}

function runners(
  target: Target,
): Pick<Credentials, 'runner' | 'runner of another project' | 'expired runner' | 'removed runner'> {
  const { store } = target.parts;
  const make = (body: object) => made(target, '/user/runners', body);
  const instance = { runner_type: 'instance_type' };
  return {
    runner: async () => (await make(instance)).token,
    'runner of another project': async () =>
      (await make({ runner_type: 'project_type', project_id: target.other.id })).token,
    'expired runner': once(async () => {
      const { id, token } = await make(instance);
      await store.write((tx) => setRunnerToken(tx, id, hashToken(token), tx.now()));
      return token;
    }),
    'removed runner': once(async () => {
      const { id, token } = await make(instance);
      await store.write((tx) => deleteRunner(tx, id));
      return token;
    }),
  };
}
