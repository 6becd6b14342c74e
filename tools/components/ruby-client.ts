import { existsSync, globSync } from 'node:fs';
import type { Component } from './component.ts';

// Debian's: another Ruby on the machine does not know of its libraries.
const RUBY = '/usr/bin/ruby';
const LIBRARY = '/usr/share/rubygems-integration/all/gems';

/** ruby-gitlab, a client that others wrote: nothing to start. */
export const rubyClient: Component = {
  name: 'client in Ruby',
  debianPackages: ['ruby-gitlab'],
  missing: () =>
    existsSync(RUBY) && globSync('gitlab-*', { cwd: LIBRARY }).length > 0 ? null : 'ruby-gitlab not installed',
  start: async () => ({ env: { EPILOGUE_TEST_RUBY: RUBY }, copyable: null, stop: async () => {} }),
};
