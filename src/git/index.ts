export { changedFiles, changedSinceRef } from './checkout/changed-files.ts';
export { kindOfRef } from './checkout/kind-of-ref.ts';
export { listFiles } from './checkout/list-files.ts';
export { type Checkout, findTopLevel, readCheckout } from './checkout/read-checkout.ts';
export { takeSnapshot } from './snapshot/take-snapshot.ts';
