import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { until } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded } from '@opsgraph/testing/ssh';
import { afterEach, expect, it } from 'vitest';
import { type Release, rollbackRelease } from '../src/index.ts';
import { createFleet, type Fleet, schema } from './fleet.ts';

const nginx = '/usr/sbin/nginx';
const pages = { X: 'page X', Y: 'page Y', Z: 'a longer page Z' };

let fleet: Fleet;
let server: { port: number; end(): void };
afterEach(async () => {
  server?.end();
  await fleet?.[Symbol.asyncDispose]();
});

it.skipIf(!existsSync(nginx) && !isDemanded).each(['symlink', 'blue-green'] as const)(
  'lets no browser keep an old page behind nginx, by %s, whatever was deployed before and gone back to',
  async (strategy) => {
    await create(strategy);
    server = await startNginx();
    await expectFresh();
  },
);

it('lets no browser keep an old page behind a server that compares times by order', async () => {
  await create('symlink');
  server = await startOrdering();
  await expectFresh();
});

it('keeps the time of files that have not changed, and gives hosts the same times', async () => {
  fleet = await createFleet({ hosts: ['one', 'two'] });
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  const times = (path: string): Promise<number[]> =>
    Promise.all(['one', 'two'].map(async (host) => (await stat(join(fleet.root(host), 'current', path))).mtimeMs));
  await fleet.deploy(first);
  const [same, changed] = [await times('lib/part 1.txt'), await times('version')];
  expect(new Set([...same, ...changed]).size).toBe(1);
  await fleet.deploy(second);
  expect(await times('lib/part 1.txt')).toEqual(same);
  const [later, again] = (await times('version')) as [number, number];
  expect(later).toBe(again);
  expect(later).toBeGreaterThan(changed[0]!);
  await fleet.deploy(second);
  expect(await times('version')).toEqual([later, later]);
});

it('takes a file for another one where a link has come to lead to it', async () => {
  fleet = await createFleet({ hosts: ['one'], settings: { shared: ['data'] } });
  const built: Release[] = [];
  for (const [version, page, site] of [
    ['1', 'pages/x.html', 'pages'],
    ['2', 'pages/y.html', 'other'],
  ] as const) {
    const at = join(fleet.path, 'builds', `well-${version}`, 'app');
    for (const directory of ['pages', 'other', 'data']) await mkdir(join(at, directory), { recursive: true });
    await symlink(page, join(at, 'page.html'));
    await symlink(site, join(at, 'site'));
    const files = { 'pages/x.html': 'page X', 'pages/y.html': 'page Y', 'other/x.html': 'page Z', 'data/kept': '' };
    const more = Object.entries(files).map(([path, content]) => [`app/${path}`, content]);
    built.push(await fleet.build('well', version, Object.fromEntries(more)));
  }
  const [first, second] = built as [Release, Release];
  // those of a file that a link leads to, and of one that is the same at its own path
  const times = async (release: Release, ...paths: string[]): Promise<number[]> =>
    Promise.all(
      paths.map(async (path) => (await stat(join(fleet.root('one'), 'releases', release.manifest.id, path))).mtimeMs),
    );
  const led = ['page.html', 'site/x.html'];
  await fleet.deploy(first);
  const shared = await times(first, 'data/kept');
  const before = await times(first, ...led, 'lib/part 1.txt');
  await fleet.deploy(second);
  // who still gets the former release is told no lies either
  expect(await times(first, ...led, 'lib/part 1.txt')).toEqual(before);
  const then = await times(second, ...led, 'lib/part 1.txt');
  const [page, site, same] = then as [number, number, number];
  expect([page > before[0]!, site > before[1]!, same]).toEqual([true, true, before[2]]);
  await fleet.on((context) => rollbackRelease(context, undefined, schema));
  const [pageAgain, siteAgain, sameAgain] = (await times(first, ...led, 'lib/part 1.txt')) as [number, number, number];
  expect([pageAgain > page, siteAgain > site, sameAgain]).toEqual([true, true, same]);
  expect(await times(first, 'data/kept')).toEqual(shared);
});

async function create(strategy: 'symlink' | 'blue-green'): Promise<void> {
  fleet = await createFleet({
    hosts: ['one'],
    addresses: () => ({ port: undefined }),
    settings: { strategy, proxy: { switch: ':', drain: 0 } },
  });
  fleet.settings.service = { ...fleet.settings.service, ports: await freePorts(2) };
}

/** A browser has what each visit gave it, asks with it at all later ones, and must never be told that it is current when it is not. */
async function expectFresh(): Promise<void> {
  const releases = new Map<string, Release>();
  for (const [name, content] of Object.entries(pages))
    releases.set(name, await fleet.build('well', name, { 'app/page.html': content, 'app/same.html': 'never changes' }));
  const seen: { content: string; etag: string; modified: string }[] = [];
  let known: Answer | undefined;
  const visit = async (content: string, story: string): Promise<void> => {
    for (const old of seen) {
      const byTag = await get('/page.html', { 'if-none-match': old.etag, 'if-modified-since': old.modified });
      const byTime = await get('/page.html', { 'if-modified-since': old.modified });
      for (const { status, body } of [byTag, byTime])
        expect(status === 304 ? old.content : body, `${story}, with ${JSON.stringify(old)}`).toBe(content);
    }
    const { status, body, etag, modified } = await get('/page.html', {});
    expect([status, body], story).toEqual([200, content]);
    seen.push({ content, etag, modified });
    const same = await get('/same.html', known === undefined ? {} : { 'if-none-match': known.etag });
    if (known !== undefined) expect(same.status, `${story}: what has not changed is kept`).toBe(304);
    known ??= same;
  };
  for (const name of ['X', 'Y', 'X', 'Z'] as const) {
    await fleet.deploy(releases.get(name)!);
    await visit(pages[name], `deployed ${name}`);
  }
  for (const name of ['Y', 'X', 'Z'] as const) {
    await fleet.on((context) => rollbackRelease(context, releases.get(name)!.manifest.id, schema));
    await visit(pages[name], `went back to ${name}`);
  }
  fleet.settings.health = { ...fleet.settings.health, deadline: 2000 };
  await expect(
    fleet.deploy(await fleet.build('ill', 'ill', { 'app/page.html': 'page I', 'app/same.html': 'never changes' })),
  ).rejects.toThrow();
  await visit(pages.Z, 'went back from a release that was ill');
}

interface Answer {
  status: number;
  body: string;
  etag: string;
  modified: string;
}

function get(path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => (body += piece.toString()));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          body,
          etag: response.headers.etag ?? '',
          modified: response.headers['last-modified'] ?? '',
        }),
      );
    });
    asked.on('error', reject).end();
  });
}

async function startNginx(): Promise<typeof server> {
  const [port] = (await freePorts(1)) as [number];
  const directory = join(fleet.path, 'nginx');
  await mkdir(directory);
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  await writeFile(
    join(directory, 'nginx.conf'),
    `${user} daemon off; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; client_body_temp_path ${directory}/a; proxy_temp_path ${directory}/b; fastcgi_temp_path ${directory}/c;
  uwsgi_temp_path ${directory}/d; scgi_temp_path ${directory}/e;
  server { listen 127.0.0.1:${port}; root ${fleet.root('one')}/current; } }`,
  );
  const child: ChildProcess = spawn(nginx, ['-p', directory, '-c', 'nginx.conf'], { stdio: 'ignore' });
  await until(() => existsSync(join(directory, 'pid')));
  return { port, end: () => child.kill('SIGTERM') };
}

/** Not modified is what is not later than what the client has, as servers for Node do it; whole seconds. */
async function startOrdering(): Promise<typeof server> {
  const files: Server = createServer(async (asked, response) => {
    const path = join(fleet.root('one'), 'current', asked.url!);
    const { mtimeMs, size } = await stat(path);
    const seconds = Math.floor(mtimeMs / 1000);
    const etag = `W/"${size.toString(16)}-${mtimeMs.toString(16)}"`;
    response.setHeader('etag', etag).setHeader('last-modified', new Date(seconds * 1000).toUTCString());
    const { 'if-none-match': tag, 'if-modified-since': since } = asked.headers;
    const isFresh = tag === undefined ? since !== undefined && seconds * 1000 <= Date.parse(since) : tag === etag;
    response.writeHead(isFresh ? 304 : 200).end(isFresh ? undefined : await readFile(path));
  });
  const [port] = (await freePorts(1)) as [number];
  await new Promise<void>((resolve) => files.listen(port, '127.0.0.1', resolve));
  return { port, end: () => files.close() };
}
