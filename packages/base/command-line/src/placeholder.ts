import type { OptionSpec } from './options.ts';

const secretSources = ['prompt', 'stdin', 'file:PATH', "'cmd:PROGRAM ARGUMENT …'"];

/** The word that stands for the value in help and messages. */
export function placeholder(spec: OptionSpec): string {
  if (spec.type === 'boolean' || spec.type === 'refused') return '';
  if (spec.type === 'choice') return spec.choices.join('|');
  if (spec.type === 'secret-source') return [...(spec.words ?? []), ...secretSources].join('|');
  return spec.value ?? words[spec.type];
}

const words = {
  string: 'TEXT',
  path: 'PATH',
  duration: 'TIME',
  size: 'SIZE',
  number: 'N',
  list: 'A,B',
  repeated: 'TEXT',
} as const;
