import { stripVTControlCharacters } from 'node:util';
import { OpsError } from '@opsgraph/errors';

/** What a person may have meant by a name that turbo does not know, as the end of a message. */
export type Suggest = (name: string, kind: 'task' | 'package') => Promise<string>;

/**
 * What turbo prints when it refuses a graph, in the house's form.
 */
export async function explainTurboError(stderr: string, suggest: Suggest): Promise<OpsError> {
  const text = stripVTControlCharacters(stderr);
  const missing = [
    ...text.matchAll(/Could not find (task|package) `([^`]+)` in project/g),
    ...text.matchAll(/No (package) found with name '([^']+)'/g),
  ];
  if (missing.length > 0) {
    const complaints = await Promise.all(
      missing.map(
        async ([, kind, name]) =>
          `there is no ${kind} ${JSON.stringify(name)}${await suggest(name!, kind as 'task' | 'package')}`,
      ),
    );
    return new OpsError({
      code: 'TASK_UNKNOWN',
      exit: 'usage',
      message: complaints.length === 1 ? complaints[0]! : `${complaints.length} names are unknown`,
      problems: complaints.length === 1 ? [] : complaints,
      hint: 'pnpm ops list shows every task',
    });
  }
  const cycles = [...text.matchAll(/^[\s|]*((?:\S+#\S+, )+\S+#\S+)\s*$/gm)].map(([, members]) => members!);
  if (text.includes('Cyclic dependency') && cycles.length > 0) {
    return new OpsError({
      code: 'GRAPH_CYCLE',
      exit: 'configuration',
      message: 'the graph has a cycle: these tasks wait for each other',
      problems: cycles,
      hint: "remove one of the dependsOn between them from the packages' turbo.json",
    });
  }
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^\s*(x|ERROR|\||`->)\s+/, '').trimEnd())
    .filter((line) => line.trim() !== '');
  return new OpsError({
    code: 'GRAPH_INVALID',
    exit: 'configuration',
    message: 'turbo refuses the graph',
    problems: lines.length === 0 ? ['without saying why'] : lines,
    hint: 'correct the turbo.json it names, or the command line',
  });
}
