export { anyEvent, choices, jobsOfAnyShape, RANDOM, STAGES } from '../../src/lifecycle/testing/any-pipeline.ts';
