import { type ExitName, exitCodes, exitMeanings } from '@opsgraph/errors';
import { errorCodes } from './error-codes.ts';

/** docs/errors.md: the exit codes, and every error code, the exit code that goes with it, what it states and which packages throw it. */
export function errorReference(root: string): string {
  const rows = errorCodes(root).map(
    ({ code, exits, message, packages }) =>
      `| \`${code}\` | ${exits.join(', ')} | ${cell(message)} | ${packages.join(', ')} |`,
  );
  return `# Errors

## Exit codes

${exitCodeTable()}

## Error codes

Generated from the sources by \`pnpm generate\`. \`code\` is stable and appears in \`--json\`, in the log and in the ledger;
the text may change. … marks the parts that vary. Two texts separated by / are two cases of one code.
An error that is not in this table is a defect: it ends with 70 (${exitMeanings.bug}).

| code | exit | message | thrown by |
| --- | ---: | --- | --- |
${rows.join('\n')}
`;
}

function exitCodeTable(): string {
  const rows = (Object.keys(exitCodes) as ExitName[]).map((name) => `| ${exitCodes[name]} | ${exitMeanings[name]} |`);
  return ['| code | meaning |', '| ---: | --- |', ...rows].join('\n');
}

/** A message that other functions compose is not in the source as one text. */
function cell(message: string): string {
  return message.replaceAll('|', '\\|').replaceAll('<', '\\<') || 'composed at run time';
}
