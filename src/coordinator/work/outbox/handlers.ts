import type { LookKind } from '../../pipelines/transaction/look.ts';
import { autoCancel, supersede } from './auto-cancel.ts';
import type { EffectHandler } from './effect-handler.ts';
import { lookAtResource, tellGranted } from './look-at-resource.ts';
import { startChild } from './start-child.ts';
import { cancelChild, tellParent } from './tell-parent.ts';

/** Who works off what a pipeline's transaction leaves. */
export const OWN_HANDLERS: Readonly<Record<LookKind, EffectHandler>> = {
  resource: lookAtResource,
  granted: tellGranted,
  child: startChild,
  parent: tellParent,
  cancel_child: cancelChild,
  auto_cancel: autoCancel,
  supersede,
};
