/** Where a new secret goes; without either it is shown once. */
export const secretOut = {
  out: { type: 'path', description: 'Write the secret to this file (mode 0600) instead of showing it' },
  sink: {
    type: 'string',
    value: "'cmd:PROGRAM ARGUMENT …'",
    description: 'Hand the secret to this program on its standard input instead of showing it',
  },
} as const;

export const email = {
  type: 'string',
  value: 'ADDRESS',
  required: true,
  description: 'E-mail address of the user',
} as const;

export const account = {
  type: 'string',
  value: 'NAME',
  required: true,
  description: 'Name of the service account',
} as const;

/** How an administrator gets in, and the option that everybody tries first. */
export const password = {
  'password-from': {
    type: 'secret-source',
    words: ['generate', 'link'],
    default: 'generate',
    description:
      'Generate one; make a one-time link instead; or prompt for it, or read it from stdin, a file or a program',
  },
  password: {
    type: 'refused',
    description:
      'other users of this machine see command lines, and shells keep them; write --password-from prompt, stdin, file:PATH or cmd:PROGRAM, and take another password: this one has been seen',
  },
} as const;
