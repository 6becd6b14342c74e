import { Type } from 'typebox';
import { ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { answer, nullable } from '../schemas/common.ts';

const TAG = 'about';
const VERSION = { version: Type.String(), revision: Type.String() };
const KAS = answer({
  enabled: Type.Boolean(),
  externalUrl: nullable(Type.String()),
  version: nullable(Type.String()),
});

/** Which program this is, in the two ways in which GitLab's clients ask. */
export function versionRoutes({ version }: Parts): readonly Route[] {
  const own = { version, revision: 'epilogue' };
  return [
    route({
      method: 'GET',
      path: '/api/v4/version',
      action: 'version.read',
      summary: 'Version of this server',
      tag: TAG,
      answers: { 200: answer(VERSION) },
      handle: () => ok(own),
    }),
    route({
      method: 'GET',
      path: '/api/v4/metadata',
      action: 'version.read',
      summary: 'Version of this server, and what GitLab has that it has not',
      tag: TAG,
      answers: { 200: answer({ ...VERSION, kas: KAS, enterprise: Type.Boolean() }) },
      handle: () => ok({ ...own, kas: { enabled: false, externalUrl: null, version: null }, enterprise: false }),
    }),
  ];
}
