import { chromium } from './chromium.ts';
import type { Component } from './component.ts';
import { docker } from './docker.ts';
import { dockerRegistry } from './docker-registry.ts';
import { goClient } from './go-client.ts';
import { postgres } from './postgres.ts';
import { programs } from './programs.ts';
import { pythonClients } from './python-clients.ts';
import { rubyClient } from './ruby-client.ts';

export { removeDirectory } from '../../src/executors/testing/docker/remove-directory.ts';
export { type Component, installFromDebian, type RunningComponent } from './component.ts';
export { waitUntil } from './wait-until.ts';

export const components: readonly Component[] = [
  programs,
  postgres,
  docker,
  dockerRegistry,
  pythonClients,
  rubyClient,
  goClient,
  chromium,
];
