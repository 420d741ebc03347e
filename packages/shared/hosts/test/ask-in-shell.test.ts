import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askInShell } from '../src/ask-in-shell.ts';
import { scriptRunner } from '../src/run-script.ts';

describe('a question by a script on the host', () => {
  const answers: Record<string, [number, Record<string, string>, string]> = {
    '/chunked': [200, {}, 'first\nsecond\ttab: größer'],
    '/counted': [503, { 'content-length': '3', 'x-release': 'abc' }, 'no\n'],
    '/empty': [204, {}, ''],
  };

  it.each(['bash', 'curl', 'nc', 'perl'])('is the same with %s', async (tool) => {
    const bin = await mkdtemp(join(tmpdir(), 'opsgraph-hosts-'));
    onTestFinished(() => rm(bin, { recursive: true }));
    for (const name of ['head', 'sh']) await symlink(`/usr/bin/${name}`, join(bin, name));
    await symlink(tool === 'nc' ? '/usr/bin/busybox' : `/usr/bin/${tool}`, join(bin, tool));
    const server = createServer(({ url = '' }, response) => {
      const [status, headers, body] = answers[url.replace(/\?.*/, '')]!;
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const place = { host: 'one', command: () => ['/bin/sh', '-s'], env: { PATH: bin, HOME: '/' }, timeout: 5000 };
    const { run, leave } = scriptRunner({ ...place, signal: undefined });
    const ask = (path: string) => askInShell({ run }, { port, path, timeout: 4000, signal: undefined });
    for (const [path, [status, , body]] of Object.entries(answers)) {
      const answer = await ask(`${path}?a=%20$(id)`);
      expect({ status: answer.status, body: answer.body.trimEnd() }, path).toEqual({ status, body: body.trimEnd() });
    }
    expect((await ask('/counted')).headers).toMatchObject({ 'x-release': 'abc' });
    await new Promise((resolve) => server.close(resolve));
    await expect(ask('/counted')).rejects.toThrow(`no answer at port ${port}`);
    await leave();
  });
});
