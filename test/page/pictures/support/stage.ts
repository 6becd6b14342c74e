import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject, type NewTestProject } from '../../../../src/coordinator/testing/make-project.ts';
import type { OpenedParts } from '../../../../src/coordinator/testing/open-parts.ts';
import { type ServedAll, serveAll } from '../../../../src/coordinator/testing/serve-all.ts';
import { settleOutbox } from '../../../../src/coordinator/testing/settle.ts';
import { createUser } from '../../../../src/coordinator/users/index.ts';
import { putMember } from '../../../../src/store/index.ts';
import { type Answered, type Asking, ask } from '../../../serve/support/ask.ts';
import { PASSWORD } from '../../support/people.ts';
import { Hand } from './hand.ts';
import { StagedProject } from './staged-project.ts';

const BUILT = join(import.meta.dirname, '../../../../dist/web');
const OWNER = 50;
const REPORTER = 20;

/** Who looks: an owner, a reporter, an administrator, and somebody who may see nothing. */
const PEOPLE = {
  ana: { name: 'Ana Souza', role: OWNER, isAdministrator: false },
  li: { name: 'Li Wei', role: REPORTER, isAdministrator: false },
  root: { name: 'Administrator', role: null, isAdministrator: true },
  new: { name: 'New Here', role: null, isAdministrator: false },
} as const;
export type Person = keyof typeof PEOPLE;

type People = ReadonlyMap<Person, { readonly id: number; readonly session: string }>;

/**
 * A coordinator in this process, listening, on which nothing happens by itself: its clock stands still until a test moves it, and runners
 * are hands of the test. What a picture shows is the same at every run. Answers are held against their schemas.
 */
export class Stage {
  readonly base: string;
  readonly #all: ServedAll;
  readonly #people: People;

  private constructor(all: ServedAll, base: string, people: People) {
    this.#all = all;
    this.base = base;
    this.#people = people;
  }

  static async open(): Promise<Stage> {
    const all = await serveAll();
    symlinkSync(BUILT, all.parts.pageDir);
    const base = await all.app.listen({ port: 0, host: '127.0.0.1' });
    const people = new Map<Person, { id: number; session: string }>();
    for (const username of Object.keys(PEOPLE) as Person[]) {
      const { name, isAdministrator } = PEOPLE[username];
      const email = `${username}@ci.example`;
      const id = await createUser(all.parts, { username, name, email, password: PASSWORD, isAdministrator });
      people.set(username, { id, session: await signIn(base, username) });
    }
    return new Stage(all, base, people);
  }

  get parts(): OpenedParts {
    return this.#all.parts;
  }

  /** The value of the cookie. */
  sessionOf(person: Person): string {
    return this.#people.get(person)?.session ?? '';
  }

  /** Of a group, with `ana` and `li` as members. */
  async project(project: NewTestProject): Promise<StagedProject> {
    const made = await makeProject(this.parts, project);
    for (const person of ['ana', 'li'] as const) {
      const userId = this.#people.get(person)?.id ?? 0;
      const member = {
        source: 'project',
        sourceId: made.id,
        userId,
        role: PEOPLE[person].role,
        expiresAt: null,
      } as const;
      await this.parts.store.write((tx) => putMember(tx, member));
    }
    return new StagedProject(this, made, `group/${project.path ?? 'shop'}`, this.#people.get('ana')?.id ?? null);
  }

  /** Our own runner, of the instance. With tags, it takes nothing that has none. */
  async hand(description: string, tags: readonly string[] = []): Promise<Hand> {
    return await Hand.of(this, description, tags);
  }

  /** As the administrator. @throws when it is refused */
  async ask(method: string, path: string, asking: Asking = {}): Promise<Answered> {
    const token = this.#all.tokens.get('administrator') ?? '';
    const answer = await ask(`${this.base}${path}`, method, { token, ...asking });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** Lets time pass, and has done what is due. */
  async pass(seconds: number): Promise<void> {
    this.parts.clock.pass(seconds * 1000);
    await this.settle();
  }

  async settle(): Promise<void> {
    await settleOutbox(this.parts);
  }

  /** @returns what the server complained of */
  async close(): Promise<readonly string[]> {
    const complaints = [...this.parts.complaints];
    await this.#all.close();
    return complaints;
  }
}

async function signIn(base: string, login: string): Promise<string> {
  const { headers, text } = await ask(`${base}/users/sign_in`, 'POST', { body: { login, password: PASSWORD } });
  const found = /epilogue_session=([^;]+)/.exec(headers.get('set-cookie') ?? '');
  if (found?.[1] === undefined) throw new Error(`${login} cannot sign in: ${text}`);
  return found[1];
}
