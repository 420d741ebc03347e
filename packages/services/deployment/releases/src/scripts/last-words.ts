import { enterRoot, prelude } from './prelude.ts';

/** Where the service's output goes, from the root of a host. */
export const serviceLog = '.ops/log/service.log';

/** Lines that are read, of the end of what was said; more than a long stack has. */
const read = 60;

/** Says what the service has said since it was started last, one `log` a line. */
export function lastWordsScript(root: string): string {
  return `${prelude(root)}${enterRoot}
first_of .ops/log/begun 1
tail -c "+$ops_said" ${serviceLog} 2>/dev/null | tail -n ${read} | cut -c 1-300 | while IFS= read -r line; do say log "$line"; done
:
`;
}
