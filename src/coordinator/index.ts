export { ACTIONS, ROLES } from './access/index.ts';
export { buildServer, route } from './http/index.ts';
