import { expect, it } from 'vitest';
import { type OptionSpecs, parseOptions, usageError } from '../src/index.ts';
import { renderHelp } from '../src/render-help.ts';

const specs = {
  env: { type: 'string', value: 'NAME', description: 'an environment' },
  filter: { type: 'repeated', short: 'F', value: 'PACKAGE', description: 'which packages' },
  sets: { type: 'list', description: 'which sets' },
  quiet: { type: 'boolean', short: 'q', description: 'say nothing' },
  plan: { type: 'string', variable: 'OPS_PLAN', description: 'a plan' },
} as const satisfies OptionSpecs;
const parse = (argv: string[], more = {}) => parseOptions(specs, argv, { directory: '/here', ...more });

it('keeps what is repeated as it is written, and cuts a list at commas', async () => {
  const { values } = await parse(['-F', 'a,b', '--filter=c', '--sets', 'a,b', '--sets', 'c', '-q']);
  expect(values).toMatchObject({ filter: ['a,b', 'c'], sets: ['a', 'b', 'c'], quiet: true });
});

it('takes no list without an item, which would mean all', async () => {
  expect((await parse(['--sets', ''])).problems).toEqual(['--sets "": expected a value']);
  expect((await parse(['--sets=,', '--sets', ' '])).problems).toEqual(['--sets ",, ": expected a value']);
});

it.each(['constructor', '__proto__', 'hasOwnProperty'])('knows no option --%s', async (name) => {
  expect((await parse([`--${name}=x`])).problems).toEqual([`unknown option --${name}`]);
  expect((await parse([`--${name}`])).problems).toEqual([`unknown option --${name}`]);
});

it('takes words where a command has some, and complains of them elsewhere', async () => {
  expect(await parse(['run', '-q', 'seed'], { takesWords: true })).toMatchObject({
    words: ['run', 'seed'],
    problems: [],
  });
  expect(await parse(['run'])).toMatchObject({ words: [], problems: ['unexpected argument "run"'] });
});

it('drops the dashes that pnpm hands on, or says what is wrong with them', async () => {
  expect((await parse(['--', '-q'])).values).toMatchObject({ quiet: true });
  expect((await parse(['--', '-q'], { takesWords: true, afterDashes: 'not here' })).problems).toEqual(['not here']);
});

it('reads from the environment what was not written', async () => {
  const env = { OPS_PLAN: 'abc' };
  expect((await parse([], { env })).values).toMatchObject({ plan: 'abc' });
  expect((await parse(['--plan', 'def'], { env })).values).toMatchObject({ plan: 'def' });
});

it('takes the same value twice, and not two values', async () => {
  expect((await parse(['--env', 'a', '--env', 'a'])).problems).toEqual([]);
  expect((await parse(['--env', 'a', '--env', 'b'])).problems).toEqual(['--env was given 2 times']);
});

it('says all problems at once, each once', async () => {
  const { problems } = await parse(['--evn', 'x', '--evn', 'x', '--quiet=no', '--env']);
  expect(usageError(problems, 'see --help')).toMatchObject({
    exitCode: 64,
    message: '4 problems with the command line',
    problems: [
      'unknown option --evn; did you mean --env?',
      'unexpected argument after an unknown option',
      '--quiet takes no value',
      '--env needs a value: --env NAME',
    ],
  });
  expect(usageError(['one'], 'see --help')).toMatchObject({ message: 'one', problems: [] });
});

it('describes an option with its letter, its word and where else it comes from', () => {
  const page = { name: 'x', summary: 'does x', usage: 'x [options]', exits: ['ok', 'usage'], examples: [] } as const;
  const help = renderHelp({ ...page, options: { Options: specs, Others: {} } }, (text) => `<${text}>`);
  expect(help).toContain(
    '<x>  does x\n\n<Usage>\n  x [options]\n\n<Options>\n      --env NAME        an environment\n',
  );
  expect(help).toContain('  -F, --filter PACKAGE  which packages\n');
  expect(help).toContain('a plan (or OPS_PLAN)');
  expect(help).not.toContain('Others');
});
