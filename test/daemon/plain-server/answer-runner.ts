import { type Answer, refuse } from './answer.ts';
import type { Desk } from './desk.ts';
import { headerOf, type SeenRequest } from './seen-request.ts';

/** Everything below `/runners`. Null: there is no such route. */
export function answerRunner(desk: Desk, request: SeenRequest): Answer | null {
  const route = `${request.method} ${request.path.replace('/api/v4/', '')}`;
  const identity = { id: 7, token: desk.token, token_expires_at: null };
  if (/^POST runners\/(\d+\/)?reset_authentication_token$/.test(route)) return reset(desk, request);
  if (route === 'POST runners') {
    const isKnown = request.json?.token === desk.registrationToken;
    return isKnown ? { status: 201, body: identity } : refuse(403, 'Forbidden');
  }
  if (route === 'POST runners/verify') {
    return isRunner(desk, request) ? { status: 200, body: identity } : refuse(403, 'Forbidden');
  }
  if (route === 'DELETE runners' || route === 'DELETE runners/managers') {
    if (!isRunner(desk, request)) return refuse(403, 'Forbidden');
    desk.token = null;
    return { status: 204 };
  }
  return null;
}

function reset(desk: Desk, request: SeenRequest): Answer {
  const isPerson = headerOf(request, 'private-token') !== '';
  if (!isPerson && !isRunner(desk, request)) return refuse(403, 'Forbidden');
  desk.token = `${desk.token}x`;
  return { status: 201, body: { token: desk.token, token_expires_at: null } };
}

export function isRunner(desk: Desk, { json }: SeenRequest): boolean {
  return desk.token !== null && json?.token === desk.token;
}
