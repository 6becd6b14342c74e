import { demand } from '../driver/runner.ts';
import { User } from '../driver/user.ts';
import type { World } from '../driver/world.ts';

/** Tokens, variables and protected branches that are made, changed and removed. */
export async function changeSettings(world: World, parent: string): Promise<void> {
  const user = await User.create(world, { parent, name: 'settings' });
  await user.push({ README: 'x\n', '.gitlab-ci.yml': 'idle: {script: x, when: manual}\n' });
  const [kept, gone] = [await makeToken(user, 'kept'), await makeToken(user, 'gone')];
  for (const key of ['KEPT', 'GONE']) {
    await user.ask('POST', '/variables', [201], { again: [400], json: { key, value: 'some words' } });
  }
  await user.ask('POST', '/protected_branches', [201], { again: [409], json: { name: 'release' } });
  await user.ask('DELETE', `/access_tokens/${gone.id}`, [204], { again: [404] });
  await user.ask('DELETE', '/variables/GONE', [204], { again: [404] });
  await user.ask('DELETE', '/protected_branches/release', [204], { again: [404] });
  await world.step(async () => {
    demand(await user.request('GET', '/pipelines', undefined, kept.token), [200]);
    demand(await user.request('GET', '/pipelines', undefined, gone.token), [401]);
    demand(await user.request('GET', '/variables/GONE'), [404]);
    demand(await user.request('GET', '/protected_branches/release'), [404]);
    const { value } = demand(await user.request('GET', '/variables/KEPT'), [200]).json;
    if (value !== 'some words') throw new Error(`the variable is ${value}`);
  });
}

async function makeToken(user: User, name: string): Promise<{ readonly id: number; readonly token: string }> {
  const expires = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const json = { name, scopes: ['api'], expires_at: expires };
  return (await user.ask('POST', '/access_tokens', [201], { json })).json;
}
