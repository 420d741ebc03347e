import { durations, type Finding } from './finding.ts';

const stepTitles = {
  true: '-- in a migration with a transaction:',
  false: '-- in a migration without one (-- migrate:up transaction:false):',
};

/** A finding as a block of lines for people. */
export function describeFinding(finding: Finding): string[] {
  const { rule, level, file, place, line, column, statement, message, blocks, lasts, safe } = finding;
  const head = `${place === 'sent' ? `${file} (in what it sends, ${line}:${column})` : `${file}:${line}:${column}`}  ${rule}${level === 'warning' ? '' : ` (${level})`}`;
  const lines = [head, ...(statement === '' ? [] : [`    ${excerpt(statement)}`]), `  ${message}`];
  if (level === 'note' || rule === 'lint-comment') return lines;
  lines.push(`  blocks    ${blocks}`, `  how long  ${durations[lasts]}`);
  for (const [index, step] of safe.entries()) {
    const isPlain = safe.length === 1 && step.transaction;
    const text = [...(isPlain ? [] : [stepTitles[`${step.transaction}`]]), ...step.sql.split('\n')];
    lines.push(...text.map((one, row) => `  ${index === 0 && row === 0 ? 'safe form' : '         '} ${one}`));
  }
  return lines;
}

function excerpt(statement: string): string {
  const line = statement.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 160)} …` : line;
}
