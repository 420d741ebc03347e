// `pnpm mutate [area…] [--code | --sql]`: small changes of behaviour, one at a time, and whether a test notices. See docs/testing.md.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { areas } from './src/areas.ts';
import { mutateCode } from './src/mutate-code.ts';
import { mutateSql } from './src/mutate-sql.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { code: { type: 'boolean' }, sql: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !(name in areas));
if (unknown.length > 0) {
  console.error(`there is no area ${unknown.join(', ')}; there are: ${Object.keys(areas).join(', ')}`);
  process.exit(64);
}
const lines: string[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(areas)) {
  const area = areas[name]!;
  // They are changed in place: what was not committed would be lost with a run that is killed.
  const changed = execFileSync('git', ['status', '--porcelain', '--', area.directory], { cwd: root, encoding: 'utf8' });
  if (changed !== '') {
    console.error(`${area.directory} has changes that are not committed: commit them first`);
    process.exit(77);
  }
  const results = [
    ...(values.sql ? [] : [await mutateCode(name, area, root)]),
    ...(values.code ? [] : [await mutateSql(name, area, root)]),
  ];
  const noticed = results.reduce((sum, result) => sum + result.noticed, 0);
  const survived = results.flatMap((result) => result.survived);
  const all = noticed + survived.length;
  lines.push(
    `${name}: ${noticed} of ${all} mutants noticed (${all === 0 ? 100 : Math.round((100 * noticed) / all)} %)`,
  );
  lines.push(...survived.map((line) => `  survived: ${line}`));
}
console.log(lines.join('\n'));
