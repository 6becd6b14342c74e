import { ask } from '../../serve/support/ask.ts';
import type { Serving } from '../../serve/support/serving.ts';

/** Of everybody in these tests. */
export const PASSWORD = 'correct horse battery';

/** A person who can sign in with `PASSWORD`. @returns the number */
export async function addPerson(serving: Serving, username: string): Promise<number> {
  const body = { username, name: username, email: `${username}@example.com`, password: PASSWORD };
  const { status, text, json } = await serving.ask('POST', '/api/v4/users', { body });
  if (status !== 201) throw new Error(`no user: ${text}`);
  return json.id;
}

/** To somebody who has none, such as the first administrator. */
export async function givePassword(serving: Serving, username: string): Promise<void> {
  const [user] = (await serving.ask('GET', `/api/v4/users?username=${username}`)).json;
  const { status, text } = await serving.ask('PUT', `/api/v4/users/${user.id}`, { body: { password: PASSWORD } });
  if (status !== 200) throw new Error(`no password: ${text}`);
}

/** @returns the value of the cookie of a new session */
export async function openSession(serving: Serving, login: string): Promise<string> {
  const answer = await ask(`${serving.base}/users/sign_in`, 'POST', { body: { login, password: PASSWORD } });
  const found = /epilogue_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '');
  if (found?.[1] === undefined) throw new Error(`${login} cannot sign in: ${answer.status} ${answer.text}`);
  return found[1];
}
