import { expect, it } from 'vitest';
import { engineAddress, isElsewhere } from './address.ts';

it.each([
  ['unix:///var/run/docker.sock', false],
  ['tcp://localhost:2375', false],
  ['tcp://127.0.0.2:2375', false],
  ['tcp://[::1]:2375', false],
  ['tcp://docker:2375', true],
  ['tcp://10.1.2.3:2375', true],
  ['tcp://127.example.org:2375', true],
])('%s is on another machine: %s', (host, expected) => {
  const address = engineAddress({ host, certPath: null, tlsVerify: false, env: {} });
  expect(isElsewhere(address)).toBe(expected);
});
