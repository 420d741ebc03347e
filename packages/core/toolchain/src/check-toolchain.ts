import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@opsgraph/shell';

export interface ToolCheck {
  tool: string;
  /** What was found: a version, or why it does not serve. */
  found: string;
  state: 'ok' | 'missing' | 'optional';
  /** What it is for, and how to get it. */
  remedy: string;
}

interface Tool {
  command: string;
  purpose: string;
  install: string;
}

/** Programs that some tasks call when they are there. */
const optionalTools: readonly Tool[] = [
  { command: 'git', purpose: 'to record the commit of a run', install: 'apt-get install git' },
  { command: 'psql', purpose: 'to inspect the database by hand', install: 'apt-get install postgresql-client' },
];

/** The checkout that this program is part of, whichever project it works on. */
const checkout = join(import.meta.dirname, '..', '..', '..', '..');

/** Looks whether this machine has what the tasks need. Changes nothing. */
export async function checkToolchain(signal?: AbortSignal): Promise<ToolCheck[]> {
  const optional = await Promise.all(optionalTools.map((tool) => checkTool(tool, signal)));
  return [checkNode(), checkInstall(), ...optional];
}

function checkNode(): ToolCheck {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return {
    tool: 'node',
    found: process.versions.node,
    state: major >= 24 ? 'ok' : 'missing',
    remedy: 'tasks need Node 24 or later: run them with pnpm, which brings its own, or run `npm start` to install it',
  };
}

/** An install that is older than the lock file runs other versions than were tested. */
function checkInstall(): ToolCheck {
  const installed = join(checkout, 'node_modules', '.pnpm', 'lock.yaml');
  const isCurrent =
    existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(join(checkout, 'pnpm-lock.yaml'), 'utf8');
  return {
    tool: 'packages',
    found: isCurrent ? 'as in pnpm-lock.yaml' : 'not as in pnpm-lock.yaml',
    state: isCurrent ? 'ok' : 'missing',
    remedy: 'pnpm install --frozen-lockfile',
  };
}

async function checkTool({ command, purpose, install }: Tool, signal: AbortSignal | undefined): Promise<ToolCheck> {
  const remedy = `${purpose}; for example: ${install}`;
  try {
    const { stdout } = await run([command, '--version'], { timeout: 5000, ...(signal && { signal }) });
    return { tool: command, found: stdout.trim().split('\n')[0] ?? '', state: 'ok', remedy };
  } catch (error) {
    signal?.throwIfAborted();
    return { tool: command, found: (error as Error).message, state: 'optional', remedy };
  }
}
