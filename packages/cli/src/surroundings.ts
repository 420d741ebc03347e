import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { projectRoot, stateDirectory } from '@opsgraph/config';
import { wantsColour } from '@opsgraph/kit';
import { mask } from '@opsgraph/secrets';
import { root as checkout } from '@opsgraph/toolchain/turbo';

export type Env = Readonly<Record<string, string | undefined>>;
export type Style = Parameters<typeof styleText>[0];

/** One of the two streams; everything passes the mask. */
export interface Stream {
  line(text: string): void;
  /** The text with the style where the stream shows colours. */
  style(style: Style, text: string): string;
  colours: boolean;
}

export interface Surroundings {
  env: Env;
  /** The project whose config/ counts. */
  root: string;
  /** Where the graph is: the project when it has a turbo.json, else this checkout. */
  workspace: string;
  /** `.ops`: logs and audit. */
  state: string;
  /** Results. */
  out: Stream;
  /** Talk. */
  err: Stream;
}

/** @throws OpsError PROJECT_ROOT_INVALID (78) */
export function findSurroundings(env: Env): Surroundings {
  const root = projectRoot(env);
  return {
    env,
    root,
    workspace: existsSync(join(root, 'turbo.json')) ? root : checkout,
    state: stateDirectory(root, env),
    out: streamTo(process.stdout, env),
    err: streamTo(process.stderr, env),
  };
}

export function streamTo(stream: NodeJS.WriteStream, env: Env): Stream {
  const colours = wantsColour(stream, env);
  return {
    colours,
    line: (text) => void stream.write(`${mask(text)}\n`),
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}
