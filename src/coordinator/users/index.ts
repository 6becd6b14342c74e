/*
 * People: who they are, what proves it, and what they are given. Start with gate/make-gate.ts.
 *
 * gate/     who is asking         sign-in/  passwords, sessions, links         people/  made, and given tokens
 * rest/     users and tokens over REST
 */
export { ADMINISTRATOR, firstStart } from './first-start.ts';
export { makeGate } from './gate/make-gate.ts';
export { createToken, type TokenRequest } from './people/create-token.ts';
export { createUser, setPassword, type UserRequest } from './people/create-user.ts';
export { expiryOf } from './rest/people-schemas.ts';
export { signInsSweep } from './sign-in/sweep-sign-ins.ts';
export { usersRoutes } from './users-routes.ts';
