// `pnpm bench [NAME …]`: measures, and writes docs/benchmarks.md.
import { benches } from './benches.ts';
import { runBenches } from './src/run-benches.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench is named ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(64);
}
const chosen = names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
const results = await runBenches(chosen, benches);
for (const { bench, targets, tables } of results) {
  console.log(`\n${bench}`);
  for (const { wanted, measured, isMet } of targets)
    console.log(`  ${isMet ? 'met   ' : 'MISSED'} ${wanted}: ${measured}`);
  if (targets.length === 0) console.log(`  ${tables.length} tables, no target`);
}
console.log('\ndocs/benchmarks.md is written');
