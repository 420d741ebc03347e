export { mask, maskDeep, register } from './mask.ts';
export { maskingStream } from './masking-stream.ts';
export { Secret } from './secret.ts';
export { secretUrl } from './secret-url.ts';
