/** Runs `work` with what console.log and its like print going to stderr: stdout is for results. */
export async function withTalkOnStderr<T>(work: () => Promise<T>): Promise<T> {
  const { log, info, debug } = console;
  const { error } = console;
  Object.assign(console, { log: error, info: error, debug: error });
  try {
    return await work();
  } finally {
    Object.assign(console, { log, info, debug });
  }
}
