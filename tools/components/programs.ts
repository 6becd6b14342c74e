import type { Component } from './component.ts';
import { missingPrograms } from './missing-programs.ts';

/** Programs that some tests compare ours with, run scripts in, or have ours start: nothing to start. */
export const programs: Component = {
  name: 'shells, unzip, openssl and systemd-notify',
  debianPackages: ['dash', 'busybox-static', 'unzip', 'systemd', 'perl-base', 'openssl'],
  missing: () => missingPrograms(['dash', 'busybox', 'unzip', 'systemd-notify', 'perl', 'openssl']),
  start: async () => ({ env: {}, stop: async () => {} }),
};
