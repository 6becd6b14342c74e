import type { Hooks, LifecycleHandler } from '../../../protocol/index.ts';
import type { HandlerConfig, HooksConfig } from '../../shape/hooks.ts';
import type { NestedLines } from '../../shape/scalars.ts';

type PlanLines = (lines: NestedLines | null | undefined) => readonly string[];

/** null and `[]` both say: no hook, although one might have been inherited. */
export function planHooks(hooks: HooksConfig, planLines: PlanLines): Hooks {
  const handler = hooks.pre_stop_k8s_container_handler;
  return {
    preGetSourcesScript: planLines(hooks.pre_get_sources_script),
    preStopK8sContainerHandler:
      handler === null || handler === undefined || 'length' in handler ? null : planHandler(handler, planLines),
  };
}

function planHandler(handler: HandlerConfig, planLines: PlanLines): LifecycleHandler {
  if ('exec' in handler) return { exec: planLines(handler.exec) };
  if ('tcp_socket' in handler) {
    const { port, host } = handler.tcp_socket;
    return { tcp_socket: { port, ...(host ? { host } : {}) } };
  }
  const { port, host, path, scheme, http_headers: headers } = handler.http_get;
  return {
    http_get: {
      port,
      ...(host ? { host } : {}),
      ...(path ? { path } : {}),
      ...(scheme ? { scheme } : {}),
      ...(headers ? { http_headers: headers.map(({ name, value }) => ({ name, value })) } : {}),
    },
  };
}
