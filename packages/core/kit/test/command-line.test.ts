import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OptionValues } from '@opsgraph/command-line';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { renderHelp } from '../src/definition/help.ts';
import { parseArguments } from '../src/definition/parse-arguments.ts';
import { defineTask, type TaskDefinition } from '../src/definition/task.ts';
import { showProgress } from '../src/talk/progress.ts';

const specs = {
  id: { type: 'string', longest: 10, description: 'an id' },
  name: { type: 'string', required: true, description: 'a name' },
  steps: { type: 'number', min: 1, max: 9, integer: true, description: 'how many' },
  sets: { type: 'list', description: 'which ones' },
  mode: { type: 'choice', choices: ['fast', 'safe'], default: 'safe', description: 'how' },
  file: { type: 'path', description: 'where' },
  wait: { type: 'duration', default: '30s', description: 'how long' },
  limit: { type: 'size', description: 'how big' },
  force: { type: 'boolean', description: 'really' },
} as const;
const parse = (...argv: string[]) => parseArguments(specs, argv, '/here');

describe('options', () => {
  it('arrive in their types: milliseconds, bytes, absolute paths, lists', async () => {
    const { options } = await parse(
      '--name',
      'x',
      '--steps=3',
      '--sets',
      'a, b',
      '--sets',
      'c',
      '--file',
      '../f',
      '--wait',
      '2m',
      '--limit',
      '1kB',
      '--force',
    );
    expect(options).toEqual({
      name: 'x',
      steps: 3,
      sets: ['a', 'b', 'c'],
      mode: 'safe',
      file: '/f',
      wait: 120_000,
      limit: 1000,
      force: true,
    });
    expectTypeOf<OptionValues<typeof specs>['mode']>().toEqualTypeOf<'fast' | 'safe'>();
    expectTypeOf<OptionValues<typeof specs>['steps']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<OptionValues<typeof specs>['wait']>().toEqualTypeOf<number>();
  });

  it('have defaults, and are absent where they have none', async () => {
    expect((await parse('--name', 'x')).options).toEqual({
      name: 'x',
      sets: [],
      mode: 'safe',
      wait: 30_000,
      force: false,
    });
  });

  it('may follow the dashes that pnpm hands on', async () => {
    expect((await parse('--', '--name', 'x')).options.name).toBe('x');
  });

  it.each([
    [['--name'], '--name needs a value'],
    [['--name', '--force'], '--name needs a value'],
    [['--name', ''], 'expected a value'],
    [['--name', 'a', '--name', 'b'], 'given 2 times'],
    [[], '--name TEXT is required'],
    [['--name', 'x', '--steps', '10'], 'a whole number from 1 to 9'],
    [['--name', 'x', '--steps', '1.5'], 'a whole number from 1 to 9'],
    [['--name', 'x', '--steps', 'many'], 'a whole number from 1 to 9'],
    [['--name', 'x', '--mode', 'slow'], 'one of fast, safe'],
    [['--name', 'x', '--wait', 'soon'], 'a time like'],
    [['--name', 'x', '--limit', 'huge'], 'a size like'],
    [['--name', 'x', '--force=no'], 'takes no value'],
    [['--name', 'x', '--dryrun'], 'did you mean --dry-run?'],
    [['--name', 'x', '-z'], 'unknown option -z'],
    [['--name', 'x', 'stray'], 'unexpected argument "stray"'],
  ])('%j is refused: %s', async (argv, reason) => {
    await expect(parse(...argv)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 64,
      message: expect.stringContaining(reason),
    });
  });

  it('are all complained about at once', async () => {
    await expect(parse('--mode', 'x', '--steps', '0', 'stray')).rejects.toMatchObject({
      problems: expect.objectContaining({ length: 4 }),
    });
  });

  it('that do not exist do not give away what was meant for them', async () => {
    const error = await parse('--name', 'x', '--password', 'hunter2').catch((caught: unknown) => caught);
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error).toMatchObject({
      problems: ['unknown option --password', 'unexpected argument after an unknown option'],
    });
  });

  it('whose value is too long to be one do not give it away', async () => {
    const error = await parse('--name', 'x', '--id', 'sim_hunter2hunter2').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: '--id: expected at most 10 characters, and 18 were given' });
    expect(await parse('--name', 'x', '--id', '0123456789')).toMatchObject({ options: { id: '0123456789' } });
  });

  it('in one word with a secret do not give it away letter by letter', async () => {
    await expect(parse('--name', 'x', '-phunter2')).rejects.toMatchObject({
      message: expect.stringMatching(/^unknown option -p(?:;|$)/),
      problems: [],
    });
  });

  it('are not complained about when somebody asks for help', async () => {
    expect((await parse('--help', '--nonsense')).common.help).toBe(true);
  });
});

describe('the help', () => {
  const task = defineTask({
    name: 'db:dance',
    summary: 'Dance with the database',
    effect: 'destroy',
    needs: 'nothing',
    options: specs,
    examples: [{ command: 'pnpm --filter db run dance', says: 'dances' }],
    run: async () => ({ summary: '', changes: [] }),
  }) as unknown as TaskDefinition;

  it('names every option with its default, the effect, the exit codes and an example', () => {
    const help = renderHelp(task, false);
    for (const part of [
      '--name TEXT',
      '(required)',
      '--wait TIME',
      '(default 30s)',
      'fast|safe',
      '-q, --quiet',
      'takes something away',
      ' 75  ',
      'pnpm --filter db run dance',
    ])
      expect(help).toContain(part);
    expect(help).not.toContain('\u001b');
    expect(renderHelp(task, true)).toContain('\u001b[1m');
  });
});

describe('the program', () => {
  it('loads little for its help, which answers in about the time that Node takes to start', async () => {
    const count = [
      'import { registerHooks } from "node:module"; import { writeSync } from "node:fs"; const files = [];',
      'registerHooks({ load(url, context, next) { if (url.startsWith("file:")) files.push(url); return next(url, context); } });',
      'process.on("exit", () => writeSync(2, JSON.stringify(files)));',
    ];
    const launcher = join(import.meta.dirname, '..', 'launch.mjs');
    const file = join(import.meta.dirname, 'fixtures', 'destroy.ts');
    const hooks = `data:text/javascript,${encodeURIComponent(count.join(''))}`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', hooks, launcher, file, '-h']);
    expect(stdout).toContain('Options of every task');
    // each costs about half a millisecond: twenty more, and it takes twice as long as node -e 0
    expect((JSON.parse(stderr) as string[]).length).toBeLessThanOrEqual(16);
  });

  it('explains itself on an older Node instead of failing in the middle', async () => {
    const launcher = join(import.meta.dirname, '..', 'launch.mjs');
    const old = promisify(execFile)(process.execPath, [
      '--import',
      'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.1.0"})',
      launcher,
      'x.ts',
    ]);
    await expect(old).rejects.toMatchObject({ code: 78, stderr: expect.stringContaining('Node 24 or later') });
  });
});

describe('progress', () => {
  function follow(moving: boolean, columns?: number) {
    let time = 0;
    const written: string[] = [];
    const progress = showProgress('loading', 'rows', 1000, {
      moving,
      show: (line) => written.push(line),
      clear: () => written.push('cleared'),
      now: () => time,
      columns: () => columns,
    });
    const at = (next: number, done: number): void => {
      time = next;
      progress.update(done);
    };
    return { written, progress, at };
  }

  it('says nothing about short work', () => {
    const { written, at, progress } = follow(true);
    at(1000, 900);
    progress.end();
    expect(written).toEqual([]);
  });

  it('moves one line on a terminal, with rate and time left, and takes it away', () => {
    const { written, at, progress } = follow(true);
    at(2000, 500);
    at(2050, 510);
    progress.end();
    expect(written).toEqual(['loading: 500 of 1,000 (50 %) rows, 250/s, 2.0 s left', 'cleared']);
  });

  it('never wraps on a narrow terminal, where it could not be taken away', () => {
    const { written, at } = follow(true, 20);
    at(2000, 500);
    expect(written).toEqual(['loading: 500 of 1,0']);
  });

  it('prints plain lines now and then elsewhere', () => {
    const { written, at, progress } = follow(false);
    for (let second = 1; second <= 30; second += 1) at(second * 1000, second * 30);
    progress.end();
    expect(written).toEqual([
      'loading: 60 of 1,000 (6 %) rows, 30/s, 31 s left',
      'loading: 360 of 1,000 (36 %) rows, 30/s, 21 s left',
      'loading: 660 of 1,000 (66 %) rows, 30/s, 11 s left',
    ]);
  });
});
