import type { Component } from './component.ts';
import { missingPrograms } from './missing-programs.ts';

/** Programs that some tests compare ours with, run scripts in, or have ours start: nothing to start. */
export const programs: Component = {
  name: 'shells, unzip, openssl, git-lfs and systemd-notify',
  debianPackages: ['dash', 'busybox-static', 'unzip', 'systemd', 'perl-base', 'openssl', 'git-lfs'],
  missing: () => missingPrograms(['dash', 'busybox', 'unzip', 'systemd-notify', 'perl', 'openssl', 'git-lfs']),
  start: async () => ({ env: {}, stop: async () => {} }),
};
