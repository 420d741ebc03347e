/** Variables that are no key of the configuration: they choose it, or say how to talk. */
export const taskVariables: Readonly<Record<string, string>> = {
  OPS_ENV: 'The environment to work on when --env is not given',
  OPS_CONFIRM: 'Like --confirm: the name of the environment a destructive task may act on',
  OPS_ROOT: 'The directory that holds config/, when it is not this checkout',
  OPS_STATE_DIR: 'Where local state is kept (PostgreSQL, logs, audit); default .ops',
  OPS_PARENT_RUN: 'Set by `ops run` for its tasks: their records name it',
  NO_COLOR: 'Not empty: no colours',
  FORCE_COLOR: 'Colours also where no terminal is',
  CI: 'Set by CI systems: no prompts, no moving lines',
  GITHUB_SHA: 'Recorded with each run: the commit (GitHub Actions)',
  GITHUB_SERVER_URL: 'Recorded with each run: the job (GitHub Actions)',
  GITHUB_REPOSITORY: 'Recorded with each run: the job (GitHub Actions)',
  GITHUB_RUN_ID: 'Recorded with each run: the job (GitHub Actions)',
  CI_COMMIT_SHA: 'Recorded with each run: the commit (GitLab CI)',
  CI_JOB_URL: 'Recorded with each run: the job (GitLab CI)',
  BUILD_URL: 'Recorded with each run: the job (Jenkins)',
  SUDO_USER: 'Recorded with each run: the person behind sudo',
};
