export { createDockerExecutor } from './docker.ts';
export { engineAddress } from './engine/address.ts';
export { createEngine, type Engine, isRefusal } from './engine/engine.ts';
export { nameEngine } from './name-engine.ts';
export { type ConfiguredService, DEFAULT_DOCKER_SETTINGS, type DockerSettings, type PullPolicy } from './settings.ts';
export * from './sweep/sweep.ts';
export { whyNoEngine } from './why-no-engine.ts';
