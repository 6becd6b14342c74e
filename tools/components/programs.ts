import type { Component } from './component.ts';
import { missingPrograms } from './missing-programs.ts';

/** Programs that some tests compare ours with, or run scripts in: nothing to start. */
export const programs: Component = {
  name: 'shells and unzip',
  debianPackages: ['dash', 'busybox-static', 'unzip'],
  missing: () => missingPrograms(['dash', 'busybox', 'unzip']),
  start: async () => ({ env: {}, stop: async () => {} }),
};
