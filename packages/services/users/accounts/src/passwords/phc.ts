/** What an argon2id hash was made with; memory in KiB. */
export interface Argon2Parameters {
  memory: number;
  passes: number;
  parallelism: number;
}

export interface Phc extends Argon2Parameters {
  salt: Buffer;
  tag: Buffer;
}

const form =
  /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,128})$/;

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`: the PHC string format, base64 without padding. */
export function writePhc({ memory, passes, parallelism, salt, tag }: Phc): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** undefined for a hash that is no argon2id of version 19. */
export function readPhc(text: string): Phc | undefined {
  const [, memory, passes, parallelism, salt, tag] = form.exec(text) ?? [];
  if (salt === undefined || tag === undefined) return undefined;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
