import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { KnownSecrets } from './known-secrets.ts';
import { known } from './mask.ts';

/**
 * A stream that masks secrets also when they are split over chunks: the part
 * that may be the beginning of one is held back until it is decided.
 */
export function maskingStream(secrets: Pick<KnownSecrets, 'mask' | 'maskDecided'> = known): Transform {
  const decoder = new StringDecoder('utf8');
  let held = '';
  return new Transform({
    decodeStrings: true,
    transform(chunk: Buffer, _encoding, done) {
      const { masked, rest } = secrets.maskDecided(held + decoder.write(chunk));
      held = rest;
      done(null, masked);
    },
    flush(done) {
      done(null, secrets.mask(held + decoder.end()));
    },
  });
}
