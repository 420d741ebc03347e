import { stripVTControlCharacters } from 'node:util';

/** More than these and it is no single test that fails; the suites' own output says the rest. */
const most = 20;
const linesOfEach = 4;

/**
 * What failed, test by test, for the end of the output: often the only part of it that is kept, and what is needed to
 * look for a test that fails one time in a hundred.
 *
 * @param reports vitest's JSON reports; undefined: the suite wrote none
 * @param root files are named from there
 * @returns lines: `file › name`, and indented the first ones of its message
 */
export function listFailures(reports, root) {
  const failures = reports.flatMap((report) => (report?.testResults ?? []).flatMap(failuresOf));
  const lines = failures.slice(0, most).flatMap(({ file, names, message }) => {
    const name = [file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file, ...names].join(' › ');
    return [name, ...firstLines(message, root).map((line) => `    ${line}`)];
  });
  return failures.length > most ? [...lines, `and ${failures.length - most} more`] : lines;
}

function failuresOf({ name: file, status, message, assertionResults }) {
  const failed = assertionResults
    .filter((test) => test.status === 'failed')
    .map(({ ancestorTitles, title, failureMessages }) => ({
      file,
      names: [...ancestorTitles, title],
      message: failureMessages[0] ?? '',
    }));
  // A file that cannot be loaded has no tests, and a message of its own.
  return failed.length > 0 || status !== 'failed' ? failed : [{ file, names: [], message }];
}

/** Of the message, then the first place of its stack that is the project's own. */
function firstLines(message, root) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const isPlace = (line) => /^\s+at /.test(line);
  const text = lines.filter((line) => !isPlace(line)).slice(0, linesOfEach);
  const place = lines.find((line) => isPlace(line) && line.includes(`${root}/`) && !line.includes('/node_modules/'));
  return [...text, ...(place === undefined ? [] : [place.trim().replace('file://', '').replace(`${root}/`, '')])].map(
    (line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line),
  );
}
