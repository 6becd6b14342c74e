/*
 * People: who they are, what proves it, and what they are given. Start with gate/make-gate.ts.
 *
 * gate/     who is asking         sign-in/  passwords, sessions, links         people/  made, and given tokens
 */
export { ADMINISTRATOR, firstStart } from './first-start.ts';
export { makeGate } from './gate/make-gate.ts';
export { createToken, type TokenRequest } from './people/create-token.ts';
export { createUser, setPassword, type UserRequest } from './people/create-user.ts';
export { signInRoutes } from './sign-in/sign-in-routes.ts';
