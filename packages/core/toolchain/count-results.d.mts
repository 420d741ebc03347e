export interface SuiteReport {
  numPassedTests: number;
  numFailedTests: number;
  success: boolean;
}

export interface RunEnd {
  checks: readonly string[];
  suites: readonly { task: string; report: SuiteReport | undefined }[];
  ended: ReadonlyMap<string, number>;
  code: number;
}

/** What `npm test` has shown, and one line for each thing that failed. */
export function countResults(run: RunEnd): { passed: number; failed: number; problems: string[] };
