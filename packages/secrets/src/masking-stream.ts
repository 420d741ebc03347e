import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { mask, maskDecided } from './mask.ts';

/**
 * A stream that masks secrets also when they are split over chunks: the part
 * that may be the beginning of one is held back until it is decided.
 */
export function maskingStream(): Transform {
  const decoder = new StringDecoder('utf8');
  let held = '';
  return new Transform({
    decodeStrings: true,
    transform(chunk: Buffer, _encoding, done) {
      const { masked, rest } = maskDecided(held + decoder.write(chunk));
      held = rest;
      done(null, masked);
    },
    flush(done) {
      done(null, mask(held + decoder.end()));
    },
  });
}
