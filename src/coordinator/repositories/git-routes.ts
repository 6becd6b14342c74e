import { Type } from 'typebox';
import type { GitService } from '../../git/index.ts';
import { type Answer, type Call, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { enterRepository, type GitPorts } from './git/enter-repository.ts';
import { gitRefusal } from './git/git-refusal.ts';
import { serveRepository } from './git/serve-repository.ts';

const params = Type.Object({ namespace: Type.String(), repository: Type.String() });
type Params = { readonly namespace: string; readonly repository: string };

/** Clone, fetch and push at `/GROUP/SUBGROUP/PROJECT.git`: the server makes one part of the groups. Every request says who is asking, by basic authentication. */
export function gitRoutes(parts: Parts, ports: GitPorts): readonly Route[] {
  const answers = { 200: null, 401: null, 403: null, 404: null };
  const common = { action: 'git.serve', tag: 'git', hidden: true, params, answers } as const;
  const serve = async (call: Call, service: GitService, isAdvertisement: boolean): Promise<Answer> => {
    const { namespace, repository } = call.params as Params;
    const fullPath = `${namespace}/${repository.replace(/\.git$/, '')}`;
    const entered = await enterRepository(parts, ports, { call, fullPath, service });
    return 'status' in entered ? entered : await serveRepository(parts, call, entered, { service, isAdvertisement });
  };
  return [
    route({
      ...common,
      method: 'GET',
      path: '/:namespace/:repository/info/refs',
      summary: 'What a repository has',
      query: Type.Object({ service: Type.Optional(Type.String()) }),
      handle: async (call) => {
        const { service } = call.query;
        if (service === 'git-upload-pack' || service === 'git-receive-pack') return await serve(call, service, true);
        return gitRefusal(403, 'Only the smart protocol is spoken here; git 1.6.6 or newer has it.');
      },
    }),
    ...(['git-upload-pack', 'git-receive-pack'] as const).map((service) =>
      route({
        ...common,
        method: 'POST',
        path: `/:namespace/:repository/${service}`,
        summary: service === 'git-upload-pack' ? 'Fetch' : 'Push',
        body: 'stream',
        handle: (call) => serve(call, service, false),
      }),
    ),
  ];
}
