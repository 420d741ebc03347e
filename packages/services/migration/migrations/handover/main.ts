// `pnpm --filter @opsgraph/migrations run handover DIRECTORY|SETTINGS.json`: see docs/moving-in.md.
import { withDatabases } from './databases.ts';
import { handOver } from './hand-over.ts';
import { readProject } from './project.ts';

const [path] = process.argv.slice(2).filter((one) => one !== '--');
if (path === undefined) {
  console.error('a directory of migrations is missing, or a JSON file that says more of it (see docs/moving-in.md)');
  process.exit(64);
}
const project = readProject(path);
const proof = await withDatabases(process.env['HANDOVER_SERVER'], (databases) =>
  handOver(project, databases, (line) => console.error(line)),
);
for (const { way, differences } of proof.findings) console.log(`DIFFERS  ${way}\n  ${differences.join('\n  ')}`);
for (const note of proof.notes) console.log(`note     ${note}`);
console.log(
  `${proof.reached} of ${proof.migrations} migrations applied by stock knex, rolled back to ${proof.backTo}; ${proof.compared} ways compared, ${proof.findings.length} differ`,
);
process.exitCode = proof.findings.length === 0 && proof.compared > 0 ? 0 : 1;
