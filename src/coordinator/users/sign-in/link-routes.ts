import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { findUser, isGoodSignInLink, takeSignInLink } from '../../../store/index.ts';
import { hashToken } from '../../access/index.ts';
import {
  type Answer,
  type Call,
  HttpError,
  isPageAddress,
  type Route,
  route,
  sessionCookie,
  text,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { openSession } from './open-session.ts';
import { refuseOtherSites } from './refuse-other-sites.ts';

const TOKEN = Type.Object({
  token: Type.String({ maxLength: 255 }),
  to: Type.Optional(Type.String({ maxLength: 1024, description: 'the view to open; left out: `/`' })),
});
const PATH = '/users/sign_in/link';
/** In the form itself, named by its hash: it is shown before there is a session, where the page's own files may not be built. */
const LOOK =
  ':root{color-scheme:light dark;font:16px system-ui,sans-serif}main{max-width:20rem;margin:20vh auto;padding:0 1rem}h1{font-size:1.25rem}button{font:inherit;padding:.5rem 1.5rem}';

/**
 * A link that is good once. Opening it shows a form and spends nothing: a chat that previews links, or a scanner of mail, opens it too. Sending the
 * form signs in; another site cannot send it, or it could sign somebody in as somebody else.
 */
export function linkRoutes(parts: Parts): readonly Route[] {
  const common = { path: PATH, action: 'session.open', tag: 'Sign in', hidden: true } as const;
  return [
    route({
      ...common,
      method: 'GET',
      summary: 'The form of a link that is good once',
      query: TOKEN,
      answers: { 200: null, 410: null },
      handle: async ({ query: { token, to }, refuse }) => {
        const isGood = await parts.store.read((db) => isGoodSignInLink(db, hashToken(token)));
        return isGood ? form(token, viewOf(to)) : isOver(refuse);
      },
    }),
    route({
      ...common,
      method: 'POST',
      summary: 'Sign in with a link that is good once',
      body: TOKEN,
      answers: { 303: null, 410: null },
      handle: (call) => {
        refuseOtherSites(call);
        return signIn(parts, call.body, call);
      },
    }),
  ];
}

async function signIn(parts: Parts, { token, to }: Static<typeof TOKEN>, call: Call): Promise<Answer> {
  const session = await parts.store.write(async (tx) => {
    const id = await takeSignInLink(tx, hashToken(token));
    const user = id === null ? null : await findUser(tx, id);
    return user === null || user.state !== 'active' ? null : { ...(await openSession(tx, user, call)), user };
  });
  if (session === null) return isOver(call.refuse);
  const answer = text(`You are signed in as ${session.user.username}.\n`, undefined, 303);
  const headers = { location: viewOf(to), 'set-cookie': sessionCookie(session.cookie, parts.base) };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** Only one of our own: a link that leads elsewhere would be taken for one of this server. */
function viewOf(to: string | undefined): string {
  return to !== undefined && isPageAddress(to) ? to : '/';
}

/** @param token one of ours, as `to` is a view of the page: nothing in them has a meaning in HTML. */
function form(token: string, to: string): Answer {
  const answer = text(
    `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · Epilogue</title>
<style>${LOOK}</style>
<main><h1>Epilogue</h1><p>This link signs you in, once.</p>
<form method="post" action="${PATH}"><input type="hidden" name="token" value="${token}"><input type="hidden" name="to" value="${to}"><button autofocus>Sign in</button></form></main></html>
`,
    'text/html; charset=utf-8',
  );
  const policy = `default-src 'none'; style-src 'sha256-${sha256Of(LOOK)}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;
  return {
    ...answer,
    headers: { ...answer.headers, 'content-security-policy': policy, 'referrer-policy': 'same-origin' },
  };
}

function isOver(refuse: Call['refuse']): Answer {
  const { status, headers } = refuse(new HttpError(410, {}));
  const words = status === 410 ? 'This link was used before, or its day is over.' : 'Too many links that are none.';
  const answer = text(`${words}\n`, 'text/plain; charset=utf-8', status);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function sha256Of(value: string): string {
  return createHash('sha256').update(value).digest('base64');
}
