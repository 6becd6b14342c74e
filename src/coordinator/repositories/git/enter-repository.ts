import type { GitService } from '../../../git/index.ts';
import {
  judgeAccess,
  levelIn,
  NOBODY,
  type Principal,
  type ProjectAccess,
  type UserPrincipal,
} from '../../access/index.ts';
import { type Answer, type Call, type Gate, unauthorized } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { findProjectForPush, type ProjectForPush } from '../push/project-for-push.ts';
import { askWhoItIs, gitRefusal, noSuchProject } from './git-refusal.ts';
import { readBasic } from './read-basic.ts';

export interface PushingUser {
  readonly principal: UserPrincipal;
  readonly remoteAddress: string;
}

export interface GitPorts {
  readonly gate: Gate;
  /** Makes the project that somebody pushes to, if they may: its id. Null: they may not. One that is there by now is fine. */
  createForPush(by: PushingUser, fullPath: string): Promise<number | null>;
}

export interface Entered {
  readonly project: ProjectForPush;
  /** Null: nobody with an account. */
  readonly userId: number | null;
  readonly level: number;
}

type Asking = Pick<Call, 'headers' | 'refuse' | 'remoteAddress'>;

/** Whoever is asking is let into a project's repository, or is told why not. */
export async function enterRepository(
  parts: Parts,
  ports: GitPorts,
  { call, fullPath, service }: { readonly call: Asking; readonly fullPath: string; readonly service: GitService },
): Promise<Entered | Answer> {
  const principal = await identify(ports.gate, call);
  if ('status' in principal) return principal;
  const isPush = service === 'git-receive-pack';
  const access = await findAccess(ports, { principal, remoteAddress: call.remoteAddress }, fullPath, isPush);
  const refusal = judge(principal, access, isPush);
  if (refusal !== null || access === null) return refusal ?? noSuchProject();
  const project = await parts.store.read((db) => findProjectForPush(db, access.id));
  if (project === null) return noSuchProject();
  if (isPush && project.isArchived) return gitRefusal(403, 'This project is archived: it can only be read.');
  const userId = principal.kind === 'user' ? principal.user.id : null;
  return { project, userId, level: levelIn(principal, access) };
}

async function identify({ credentials }: Gate, call: Asking): Promise<Principal | Answer> {
  const basic = readBasic(call.headers.authorization);
  if (basic === null) return call.headers.authorization === undefined ? NOBODY : askWhoItIs();
  const principal =
    basic.name === 'gitlab-ci-token'
      ? await credentials.byJobToken(basic.password)
      : await credentials.byToken(basic.password);
  if (principal !== null) return principal;
  const { status, headers } = call.refuse(unauthorized());
  return status === 429 ? gitRefusal(status, 'Too many wrong passwords.', headers) : askWhoItIs();
}

async function findAccess(
  { gate, createForPush }: GitPorts,
  { principal, remoteAddress }: { readonly principal: Principal; readonly remoteAddress: string },
  fullPath: string,
  isPush: boolean,
): Promise<ProjectAccess | null> {
  const find = () => gate.projects.find(fullPath, principal.kind === 'user' ? principal.user.id : null);
  const found = await find();
  const mayMake = isPush && principal.kind === 'user' && principal.project === null && writes(principal.scopes);
  if (found !== null || !mayMake) return found;
  return (await createForPush({ principal, remoteAddress }, fullPath)) === null ? null : await find();
}

function writes(scopes: ReadonlySet<string>): boolean {
  return scopes.has('api') || scopes.has('write_repository');
}

function judge(principal: Principal, access: ProjectAccess | null, isPush: boolean): Answer | null {
  switch (judgeAccess(principal, isPush ? 'repository.write' : 'repository.read', access, !isPush)) {
    case 'allowed':
      return null;
    case 'unknown':
      return askWhoItIs();
    case 'hidden':
      // Whether there is one is told to those who say who they are.
      return principal.kind === 'nobody' ? askWhoItIs() : noSuchProject();
    case 'scope':
      return gitRefusal(403, `This token lacks the scope ${isPush ? 'write_repository' : 'read_repository'}.`);
    case 'role':
      return gitRefusal(403, `You may not ${isPush ? 'push to' : 'read the files of'} this project.`);
  }
}
