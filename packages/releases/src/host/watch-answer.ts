import { Writable } from 'node:stream';

/** Milliseconds without more of an answer that does not say how long it is, until it counts as whole. */
const silence = 200;

/** Takes an HTTP answer while it comes, and says when it is whole. */
export function watchAnswer(onWhole: () => void): Writable {
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      if (isWhole(text)) onWhole();
      else timer = setTimeout(onWhole, silence);
      done();
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
}

/** @param text one character for each byte */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const [head, body] = [text.slice(0, end), text.slice(end + 4)];
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return /^transfer-encoding:.*chunked/im.test(head) && /(^|\r\n)0\r\n\r\n$/.test(body);
}
