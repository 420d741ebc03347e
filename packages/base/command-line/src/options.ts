interface Described {
  /** A sentence without a full stop. */
  description: string;
  required?: boolean;
  /** One letter: `q` for `-q`. */
  short?: string;
}

/** The kinds of options. `value` names the value in the help: `--to NAME`. */
export type OptionSpec =
  | (Described & { type: 'boolean'; default?: boolean })
  // `variable`: for a graph, whose command line reaches only the named tasks.
  // `longest`: what is longer is something else, perhaps a secret, and is neither quoted nor recorded.
  | (Described & { type: 'string'; value?: string; default?: string; variable?: string; longest?: number })
  | (Described & { type: 'path' | 'duration' | 'size'; value?: string; default?: string })
  | (Described & { type: 'number'; value?: string; default?: number; min?: number; max?: number; integer?: boolean })
  // `a,b` is two of them, and so are two of the option; of `repeated` only the latter.
  | (Described & { type: 'list' | 'repeated'; value?: string; default?: readonly string[] })
  | (Described & { type: 'choice'; choices: readonly string[]; default?: string })
  // Where a secret comes from: prompt, stdin, file:PATH, cmd:PROGRAM, or one of the words.
  | (Described & { type: 'secret-source'; words?: readonly string[]; value?: string; default?: string })
  // What people try though it is not to be: the description says why, and what to write instead.
  | { type: 'refused'; description: string; required?: false; short?: undefined; default?: undefined; value?: string };

/** By long name in kebab case, without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** duration in milliseconds, size in bytes, path absolute. */
type ValueOf<Spec extends OptionSpec> = Spec extends { type: 'boolean' }
  ? boolean
  : Spec extends { type: 'number' | 'duration' | 'size' }
    ? number
    : Spec extends { type: 'list' | 'repeated' }
      ? readonly string[]
      : Spec extends { type: 'choice'; choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/** A boolean is always there; anything else only when it is required or has a default. */
type IsPresent<Spec extends OptionSpec> = Spec extends
  | { type: 'boolean' | 'list' | 'repeated' }
  | { required: true }
  | { default: unknown }
  ? true
  : false;

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: IsPresent<Specs[Name]> extends true
    ? ValueOf<Specs[Name]>
    : ValueOf<Specs[Name]> | undefined;
};
