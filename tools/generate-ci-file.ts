import { pathToFileURL } from 'node:url';

const STAGES = ['build', 'test', 'package', 'deploy'] as const;
const TEMPLATES = ['.build', '.test', '.package', '.deploy'] as const;

const HEAD = `stages: [${STAGES.join(', ')}]

variables:
  REGISTRY: registry.example.com/team
  CACHE_VERSION: "3"

default:
  interruptible: true
  retry: 1

.base:
  image: alpine:3.20
  tags: [linux]
  before_script:
    - echo "preparing $CI_JOB_NAME"
  after_script:
    - echo "cleaning up"

.build:
  extends: .base
  stage: build
  timeout: 20 minutes
  artifacts:
    expire_in: 1 week
    paths: [out/]
  cache:
    key: $CI_COMMIT_REF_SLUG-$CACHE_VERSION
    paths: [.cache/]

.test:
  extends: .base
  stage: test
  variables:
    LEVEL: unit
  artifacts:
    when: always
    reports:
      junit: report.xml

.package:
  extends: .base
  stage: package
  needs: []

.deploy:
  extends: .base
  stage: deploy
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
    - when: never
`;

/**
 * A CI file as large projects generate them: about 380 bytes a job, a handful of templates, rules with `if` and `changes`, variables,
 * needs and artifacts. The same count gives the same text.
 */
export function generateCiFile(jobs: number): string {
  const parts = [HEAD];
  for (let index = 0; index < jobs; index++) parts.push(generateJob(index));
  return parts.join('\n');
}

function generateJob(index: number): string {
  const kind = index % 4 === 3 ? 2 : index % 4 === 0 ? 0 : 1;
  const component = Math.floor(index / 4);
  const name = `${STAGES[kind]}-${index}`;
  const needs = kind === 0 ? '' : `  needs: [${STAGES[0]}-${component * 4}]\n`;
  return `${name}:
  extends: ${TEMPLATES[kind]}
  variables:
    COMPONENT: component-${component}
    TARGET: "${index % 7 === 0 ? '$REGISTRY/image' : 'local'}"
${needs}  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [src/part-${component % 50}/**/*, go.mod]
    - if: $CI_COMMIT_BRANCH == "main" || $FULL == "yes"
  script:
    - make -C "src/part-${component % 50}" ${STAGES[kind]}
    - ./scripts/verify.sh --component ${component} --verbose
  artifacts:
    paths: [out/${name}/]
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(generateCiFile(Number(process.argv[2] ?? 100)));
}
