/** What each client's project holds: its scripts count on these jobs. */
export const PROJECT_FILES = {
  'README.md': 'hello\n',
  '.gitlab-ci.yml': `
stages: [test, deploy]
make:
  script: [mkdir out, echo data > out/a.txt, printf '\\377\\000' > out/b.bin, echo "made by $CI_JOB_NAME"]
  artifacts: {paths: [out], expire_in: 1 week}
  rules: [if: $SLOW == null]
slow:
  script: [echo begun, sleep 100]
  after_script: [echo "cleaned after $CI_JOB_STATUS"]
  rules: [if: $SLOW]
ship:
  stage: deploy
  script: echo shipped
  rules: [{if: $SLOW == null, when: manual, allow_failure: true}]
`,
};
