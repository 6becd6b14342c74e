import { chromium } from './chromium.ts';
import type { Component } from './component.ts';
import { docker } from './docker.ts';
import { goClient } from './go-client.ts';
import { postgres } from './postgres.ts';
import { programs } from './programs.ts';
import { pythonClients } from './python-clients.ts';
import { rubyClient } from './ruby-client.ts';

export { type Component, installFromDebian, type RunningComponent } from './component.ts';
export { removeDirectory } from './remove-directory.ts';
export { waitUntil } from './wait-until.ts';

export const components: readonly Component[] = [
  programs,
  postgres,
  docker,
  pythonClients,
  rubyClient,
  goClient,
  chromium,
];
