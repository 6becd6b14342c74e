export { changedFiles, changedSinceRef } from './changed-files.ts';
export { kindOfRef } from './kind-of-ref.ts';
export { listFiles } from './list-files.ts';
export { type Checkout, findTopLevel, readCheckout } from './read-checkout.ts';
export { takeSnapshot } from './snapshot/take-snapshot.ts';
