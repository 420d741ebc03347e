export interface TestReport {
  testResults: readonly {
    name: string;
    status: string;
    message: string;
    assertionResults: readonly {
      ancestorTitles: readonly string[];
      title: string;
      status: string;
      failureMessages: readonly string[];
    }[];
  }[];
}

/** What failed, test by test, with the first lines of each message. */
export function listFailures(reports: readonly (TestReport | undefined)[], root: string): string[];
