export { changedFiles } from './changed-files.ts';
export { listFiles } from './list-files.ts';
export { type Checkout, type CheckoutRef, type Commit, findTopLevel, readCheckout } from './read-checkout.ts';
export { placeSnapshot } from './snapshot/place-snapshot.ts';
export { type SnapshotOptions, takeSnapshot } from './snapshot/take-snapshot.ts';
