import { listFiles } from '../src/files/list-files.ts';
import type { Databases } from './databases.ts';
import { compareEvidence, type Evidence, readEvidence } from './evidence.ts';
import type { Project } from './project.ts';
import { type Ran, type Runner, run } from './runners.ts';

export interface Proof {
  /** Files, and how many of them stock knex can apply. */
  migrations: number;
  reached: number;
  /** How far stock knex can take them back. */
  backTo: number;
  /** Ways that were taken and compared. */
  compared: number;
  findings: { way: string; differences: string[] }[];
  notes: string[];
}

/** A database after one or the other was at work in it. */
interface Stage {
  way: string;
  name: string;
  ran: Ran;
}

/**
 * Lets stock knex and us apply a project's migrations, alone and one after
 * the other in both directions at several points, then take them back, and
 * compares what comes out each time.
 */
export async function handOver(project: Project, databases: Databases, report: (line: string) => void): Promise<Proof> {
  const { files, problems } = await listFiles(project.settings);
  const notes = problems.map(({ path, message }) => `${path} ${message}`);
  const proof: Proof = { migrations: files.length, reached: 0, backTo: 0, compared: 0, findings: [], notes };

  const note = (way: string, { ran }: Stage): void => {
    if (ran.failure !== null) proof.notes.push(`${way}, ended at ${ran.applied}: ${ran.failure}`);
  };
  const find = (way: string, differences: string[]): void => {
    if (differences.length === 0) return;
    proof.findings.push({ way, differences });
    for (const line of differences) report(`  DIFFERS ${line}`);
  };
  /** On a copy of a database, which stays as it was. */
  const take = async (way: string, from: string, who: Runner, verb: 'up' | 'down', until?: number): Promise<Stage> => {
    const name = await databases.create(from);
    const begun = performance.now();
    const ran = await run(who, project, databases.url(name), verb, until);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    report(`${way}: ${ran.applied} applied (${seconds} s)${ran.failure === null ? '' : ` ${ran.failure}`}`);
    return { way, name, ran };
  };
  const read = ({ name }: Stage): Promise<Evidence> =>
    databases.session(name, (session) => readEvidence(session, project.settings));
  const compare = async (stage: Stage, expected: Evidence, applied: number, isSameRun = false): Promise<void> => {
    proof.compared += 1;
    const { way, ran } = stage;
    find(way, [
      ...(ran.applied === applied ? [] : [`${ran.applied} applied instead of ${applied}: ${ran.failure}`]),
      ...compareEvidence(expected, await read(stage), isSameRun),
    ]);
  };
  const drop = async (...stages: Stage[]): Promise<void> => {
    for (const { name } of stages) await databases.drop(name);
  };

  const empty = await databases.create();
  if (project.setup !== '') await databases.session(empty, (session) => session.execute(project.setup));

  // One by one: where stock knex fails is the end for both.
  const stockEnd = await take('stock', empty, 'stock', 'up', files.length);
  note('stock knex', stockEnd);
  const end = stockEnd.ran.applied;
  const expected = await read(stockEnd);
  const oursEnd = await take('ours', empty, 'ours', 'up', end);
  await compare(oursEnd, expected, end);
  if (stockEnd.ran.failure === null) {
    const latest = await take('stock, all at once', empty, 'stock', 'up');
    if (latest.ran.failure === null) await compare(oursEnd, await read(latest), end, true);
    else note('stock knex, all at once', latest);
    await drop(latest);
  }

  const points = project.points ?? [1, Math.floor(end / 3), Math.floor((2 * end) / 3), end - 1];
  for (const point of new Set(points.filter((at) => at > 0 && at < end))) {
    for (const [first, second] of [
      ['stock', 'ours'],
      ['ours', 'stock'],
    ] as const) {
      const part = await take(`${first} to ${point}`, empty, first, 'up', point);
      const toTheEnd = stockEnd.ran.failure === null ? undefined : end;
      const whole = await take(`${part.way}, then ${second}`, part.name, second, 'up', toTheEnd);
      await compare(whole, expected, end);
      await drop(part, whole);
    }
  }

  const stockBack = await take('stock back', stockEnd.name, 'stock', 'down', 0);
  note('stock knex back', stockBack);
  proof.reached = end;
  proof.backTo = stockBack.ran.applied;
  const half = Math.ceil((proof.backTo + end) / 2);
  for (const goal of new Set([proof.backTo, half].filter((at) => at < end))) {
    const known =
      goal === proof.backTo ? stockBack : await take('stock half back', stockEnd.name, 'stock', 'down', goal);
    const wanted = await read(known);
    const ways = [
      await take(`what stock applied, ours back to ${goal}`, stockEnd.name, 'ours', 'down', goal),
      await take(`what we applied, stock back to ${goal}`, oursEnd.name, 'stock', 'down', goal),
      await take(`what we applied, ours back to ${goal}`, oursEnd.name, 'ours', 'down', goal),
    ];
    for (const stage of ways) await compare(stage, wanted, goal);
    if (goal === half) {
      const forth = await take('stock half back and forth', known.name, 'stock', 'up', end);
      note('stock knex half back and forth', forth);
      for (const [index, who] of (['stock', 'ours', 'stock'] as const).entries()) {
        const again = await take(`${ways[index]!.way}, ${who} forth`, ways[index]!.name, who, 'up', end);
        await compare(again, await read(forth), forth.ran.applied);
        await drop(again);
      }
      await drop(forth);
    }
    await drop(...ways);
  }
  return proof;
}
