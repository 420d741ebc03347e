import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '..', 'src');

it('has Node load neither fetch nor HTTP/2 to ask for the health of a host', async () => {
  const script = `
    await import(${JSON.stringify(join(source, 'index.ts'))});
    const { httpGet } = await import(${JSON.stringify(join(source, 'http-get.ts'))});
    const question = { port: 1, path: '/', timeout: 1000, signal: undefined };
    await httpGet({ socketPath: '/nowhere' }, question).catch(() => {});
    console.log(process.moduleLoadList.filter((name) => /undici|http2|_http_client/.test(name)).join());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout.trim()).toBe('NativeModule _http_client');
});
