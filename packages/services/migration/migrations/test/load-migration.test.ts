import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'opsgraph-load-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** In a Node of its own: vitest would import the file through its own transformer. */
async function load(name: string, content: string): Promise<Record<string, unknown>> {
  const path = join(directory, name);
  await writeFile(path, content);
  const program = `
    import { readFileSync } from 'node:fs';
    const { loadMigration } = await import(${JSON.stringify(new URL('../src/knex/load-migration.ts', import.meta.url).href)});
    const path = ${JSON.stringify(path)};
    const loaded = await loadMigration({ directories: [${JSON.stringify(directory)}], projectRoot: ${JSON.stringify(directory)} }, { path, bytes: readFileSync(path) });
    console.log(JSON.stringify(loaded, (key, value) => (typeof value === 'function' ? value.toString() : value)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

it.each([
  ['a.js', 'exports.up = () => 1; exports.down = () => 2; exports.config = { transaction: false };'],
  ['b.js', 'module.exports = { up: () => 1, down: () => 2, config: { transaction: false } };'],
  ['c.mjs', 'export const up = () => 1; export const down = () => 2; export const config = { transaction: false };'],
  ['d.mjs', 'export default { up: () => 1, down: () => 2, config: { transaction: false } };'],
  [
    'e.ts',
    'export const up = (): number => 1; export const down = (): number => 2; export const config = { transaction: false };',
  ],
  [
    'f.cjs',
    'const names = ["up", "down"]; names.forEach((name, i) => { exports[name] = [() => 1, () => 2][i]; }); exports.config = { transaction: false };',
  ],
])('reads up, down and config of %s', async (name, content) => {
  expect(await load(name, content)).toMatchObject({
    up: expect.any(String),
    down: expect.any(String),
    transaction: false,
  });
});

it.each([
  ['g.js', 'exports.up = (knex) => {\n  const = 1;\n};', 2, 'has a syntax error: Unexpected token'],
  ['h.mjs', 'export const up = 1 +;\n', undefined, 'has a syntax error'],
  ['i.ts', 'export async function up(: void {}', 1, 'has a syntax error'],
  ['k.mjs', "import './nowhere.mjs';", undefined, 'imports something that does not exist'],
  ['l.cjs', "\nthrow new Error('broken');", 2, 'throws when it is imported: broken'],
  ['m.js', 'exports.down = () => {};', undefined, 'exports no up function'],
])('says what is wrong with %s', async (name, content, line, message) => {
  const problem = await load(name, content);
  expect(problem).toMatchObject({ message: expect.stringContaining(message) });
  if (line !== undefined) expect(problem).toMatchObject({ line });
});

describe('a project that compiles its migrations', () => {
  const up = 'export async function up(knex: Knex): Promise<void> { await knex.schema.dropTable(name); }';
  it.each([
    ['n.ts', `import { Knex } from 'knex';\nimport { name } from './names';\n${up}`],
    ['o.ts', `import Knex from 'knex';\nimport { name } from './names.js';\n${up}`],
    ['p.ts', `import * as Knex from 'knex';\nconst { name } = Knex.default;\n${up}`],
    ['q.js', "const knex = require('knex');\nconst { name } = require('./names');\nexports.up = () => knex(name);"],
  ])('needs no change: %s', async (name, content) => {
    await writeFile(join(directory, 'names.ts'), "export const name: string = 'a';\n");
    expect(await load(name, content)).toMatchObject({ up: expect.stringContaining('name') });
  });

  it('may use types as values in imports, enums, and paths of tsconfig.json', async () => {
    await mkdir(join(directory, 'app/lib/deep'), { recursive: true });
    const files = {
      'app/tsconfig.base.json':
        '{ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["./lib/*"], /* all */ "exact": ["lib/exact.ts"], } } }',
      'app/tsconfig.json': '{\n  // see base\n  "extends": "./tsconfig.base.json",\n}',
      'app/lib/tables.ts':
        "export interface Row { id: number }\nexport enum Table { users = 'users' }\nexport type Id = string;\n",
      'app/lib/exact.ts': "export default 'exact';\n",
      'app/lib/deep/index.ts':
        "import { type Row, Id, Table } from '../tables';\nexport const row = (id: Id): Row => ({ id: id.length });\nexport const table = Table.users;\n",
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const imports =
      "import { Knex } from 'knex';\nimport exact, { Missing } from 'exact';\nimport { Row, Table } from '@app/tables';\nimport {\n  row,\n  table as users,\n} from '@app/deep';";
    const loaded = await load(
      'app/lib/1_m.ts',
      `${imports}\nconst enum Mode { on = 1 }\nlet found: Row & Missing;\nexport const config = { transaction: [row('a').id, users, Table.users, exact, Mode.on].join() !== '1,users,users,exact,1' };\nexport const up = (knex: Knex) => knex;`,
    );
    expect(loaded).toMatchObject({ transaction: false });
  });

  it('may have a tsconfig.json that extends what is not there', async () => {
    await mkdir(join(directory, 'lost'));
    await writeFile(join(directory, 'lost/tsconfig.json'), '{ "extends": "../../nowhere.json" }');
    const content = "import { Knex } from 'knex';\nexport const up = (knex: Knex) => knex;";
    expect(await load('lost/1_a.ts', content)).toHaveProperty('up');
  });

  it('is told the line of an error in TypeScript', async () => {
    const broken =
      "import { Knex } from 'knex';\nimport {\n  Row,\n} from './rows';\n\nthrow new Error('line six');\nexport const up = (knex: Knex, row: Row) => knex;";
    expect(await load('t.ts', broken)).toMatchObject({ line: 6, message: 'throws when it is imported: line six' });
  });

  describe('to CommonJS', () => {
    beforeAll(async () => {
      const files = {
        'cjs/package.json': '{ "type": "commonjs" }',
        // Names that cannot be seen without running it, and a function with properties.
        'cjs/node_modules/old/index.js':
          "module.exports = Object.assign((text) => 'called ' + text, Object.fromEntries([['named', 'by name']]));",
        'cjs/node_modules/compiled/index.js': "exports.__esModule = true; exports.default = () => 'by default';",
        'cjs/data.json': '{ "value": "of JSON" }',
        'cjs/here.ts': "import data from './data.json';\nexport const where = [data.value, __dirname];\n",
      };
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, name)), { recursive: true });
        await writeFile(join(directory, name), content);
      }
    });

    it.each([
      ['types only', "import { Knex } from 'knex';", "'ok'", 'ok'],
      [
        'names of a package',
        "import old, { named, named as other } from 'old';",
        "[old('a'), named, other].join()",
        'called a,by name,by name',
      ],
      [
        'a package as a whole',
        "import * as old from 'old';",
        "[old.default('b'), old.named].join()",
        'called b,by name',
      ],
      ['a default that was compiled', "import compiled from 'compiled';", 'compiled()', 'by default'],
      [
        'files, JSON, and where it is',
        "import { where } from './here';\nimport { basename } from 'path';",
        '[where[0], basename(where[1]), basename(__dirname), basename(__filename)].join()',
        'of JSON,cjs,cjs,5.ts',
      ],
      [
        'require beside import',
        "import { named } from 'old';\nimport fs from 'node:fs';",
        "[named, require('compiled').default(), typeof fs.readFileSync].join()",
        'by name,by default,function',
      ],
    ])('finds %s', async (_what, imports, expression, value) => {
      const name = `cjs/${++count}.ts`;
      const content = `${imports}\nlet a: string = ${expression};\nexport const config = { transaction: a !== ${JSON.stringify(value)} };\nexport const up = (knex: Knex) => knex;`;
      expect(await load(name, content)).toMatchObject({ transaction: false });
    });
    let count = 0;

    it.each([
      ['s.ts', 'exports.up = (knex: unknown) => knex;'],
      ['t.ts', "import { Knex } from 'knex';\nexports.up = (knex: Knex) => knex;"],
      ['u.ts', "import { where } from './here';\nmodule.exports = { up: (knex: Knex) => [knex, where] };"],
      ['v.cts', "import { named } from 'old';\nexport const up = (knex: Knex) => named;"],
    ])('may export as it likes: %s', async (name, content) => {
      expect(await load(`cjs/${name}`, content)).toHaveProperty('up');
    });
  });
});
