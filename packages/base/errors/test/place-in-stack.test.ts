import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What it says of a module, in a process of its own: the test runner imports in another way than Node. */
function placeOf(files: Record<string, string>): string {
  // a space, which file: URLs write otherwise
  const directory = mkdtempSync(join(tmpdir(), 'place in stack-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const program = `const { placeInStack } = await import(process.argv[1]);
      await import(process.argv[2]).catch((error) => console.log(placeInStack(error) ?? 'unknown'))`;
    const source = join(import.meta.dirname, '..', 'src', 'index.ts');
    const args = ['--input-type=module', '--eval', program, source, `file://${directory}/main.ts?0a1b`];
    return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().replace(`${directory}/`, '');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

it.each<[string, Record<string, string>, string]>([
  ['breaks the grammar', { 'main.ts': 'const a = 1;\nconst b = ;\n' }, 'main.ts:2'],
  ['breaks the rules of names', { 'main.ts': 'const a = 1;\n\nconst a = 2;\n' }, 'main.ts:3'],
  ['has what cannot be erased', { 'main.ts': 'export default 1;\nenum Color { Red }\n' }, 'main.ts:2'],
  ['throws', { 'main.ts': '\n\n\nJSON.parse("{");\n' }, 'main.ts:4'],
  [
    'imports one that throws when called',
    { 'main.ts': "import { f } from './f.ts';\nf();\n", 'f.ts': '\nexport const f = () => {\n  throw Error();\n};\n' },
    'f.ts:3',
  ],
  ['imports one with an error', { 'main.ts': "import './f.ts';\n", 'f.ts': '\nlet = ;\n' }, 'f.ts:2'],
  ['imports a name that is not there', { 'main.ts': "\nimport { f } from './f.ts';\n", 'f.ts': '' }, 'main.ts:2'],
  ['imports what is not there', { 'main.ts': "import './none.ts';\n" }, 'unknown'],
  ['throws no error', { 'main.ts': "throw 'a text';\n" }, 'unknown'],
])('finds where a module %s', (_what, files, place) => {
  expect(placeOf(files)).toBe(place);
});
