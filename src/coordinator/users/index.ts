/*
 * People: who they are, what proves it, and what they are given. Start with gate/make-gate.ts.
 *
 * gate/     who is asking         sign-in/  passwords, sessions, links         tokens/  what programs show
 */
export { makeGate } from './gate/make-gate.ts';
