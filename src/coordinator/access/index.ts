export { ACCESS_LEVELS, type AccessLevel, accessLevel, ROLES, type Role, roleOf } from './access-level.ts';
export { ACTIONS, type Action, type ActionRule, ruleOf } from './actions.ts';
export { type Judgement, judgeAccess, levelIn, type ProjectAccess } from './judge-access.ts';
export { type JobPrincipal, NOBODY, type Principal, type PrincipalUser, type UserPrincipal } from './principal.ts';
export { isReservedName } from './reserved-names.ts';
export { ALL_SCOPES, isScope, SCOPES, type Scope } from './scope.ts';
export { drawToken, hashToken, TOKEN_PREFIXES } from './token.ts';
