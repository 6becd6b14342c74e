import type { FileToCommit } from '../../git/index.ts';

const CI = `# Cancel this pipeline while \`integration\` runs, and look at its log: the machine is gone before the job is over.
# \`cloud\` plays a provider whose machines cost money until somebody destroys them; it needs nothing but sh.
stages: [build, test, deploy]

default:
  interruptible: graceful

compile:
  stage: build
  script:
    - echo "compiling"
    - sleep 1
    - echo "a program" > program.txt
  artifacts:
    paths: [program.txt]

unit:
  stage: test
  script:
    - echo "checking $(cat program.txt)"
    - sleep 5
    - echo "12 tests passed"

integration:
  stage: test
  variables:
    MACHINE: demo-$CI_JOB_ID
  before_script:
    - ./cloud create "$MACHINE"
  script:
    - for test in $(seq 60); do echo "test $test of 60 on $MACHINE" | tee -a report.txt; sleep 1; done
  after_script:
    - echo "the job is $CI_JOB_STATUS, cleaning up"
    - sleep 2
    - ./cloud destroy "$MACHINE"
  artifacts:
    when: always
    paths: [report.txt]

publish:
  stage: deploy
  script:
    - echo "published"
`;

const CLOUD = `#!/bin/sh
# A machine is a file outside every job's directory, so it stays until somebody destroys it.
set -eu
machines=\${TMPDIR:-/tmp}/epilogue-demo-cloud-$(id -u)
mkdir -p "$machines"
case $1 in
create)
  date >"$machines/$2"
  echo "cloud: machine $2 is running, 0.80 EUR an hour"
  ;;
destroy)
  rm -f "$machines/$2"
  echo "cloud: machine $2 is gone"
  ;;
list) ls "$machines" ;;
esac
`;

/** What the demo project holds. */
export const DEMO_FILES: readonly FileToCommit[] = [
  { path: '.gitlab-ci.yml', text: CI, isExecutable: false },
  { path: 'cloud', text: CLOUD, isExecutable: true },
];
