/**
 * A service whose behaviour is in a file of its release: what a real one
 * can do wrong, on purpose.
 */
export const applicationFiles = (behaviour: string, version: string): Record<string, string> => ({
  'app/main.mjs': main,
  'app/behaviour': behaviour,
  'app/version': version,
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`app/lib/part ${index}.txt`, `part ${index}`])),
});

const main = `
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const behaviour = readFileSync('behaviour', 'utf8');
const version = readFileSync('version', 'utf8');
if (behaviour === 'exits') { console.log('cannot go on'); process.exit(3); }
if (behaviour === 'throws') { for (let n = 0; n < 50; n += 1) console.log('before it', n); null.what; }
if (behaviour === 'chats') console.log('a line of the service\\n'.repeat(1_000_000));
if (behaviour === 'forks' && !process.argv.includes('--child')) {
  spawn(process.execPath, ['main.mjs', '--child'], { detached: true, stdio: 'ignore' }).unref();
  process.exit(0);
}
let asked = 0;
const server = createServer((request, response) => {
  if (behaviour === 'hangs' && request.url === '/healthz') return;
  asked += 1;
  const ill = behaviour === 'ill' || (behaviour === 'flaps' && asked % 2 === 0);
  const status = { '/broken': 500, '/missing': 404, '/login': 401 }[request.url] ?? (ill ? 503 : 200);
  const release = behaviour === 'lies' ? 'of yesterday' : process.env.RELEASE;
  const answer = () => {
    if (behaviour === 'endless') {
      response.writeHead(200);
      const more = () => { while (response.write('x'.repeat(65536))); };
      response.on('drain', more);
      return more();
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ release, version, secret: process.env.TOKEN?.length, roles: process.env.OPS_ROLES, mode: process.env.MODE }));
  };
  if (behaviour === 'slow') setTimeout(answer, 100);
  else answer();
});
if (behaviour === 'works') setInterval(() => {}, 1000);
else setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), behaviour === 'late' ? 5000 : 0);
process.on('SIGTERM', () => {
  if (behaviour === 'stays') return;
  server.close(() => setTimeout(() => process.exit(0), behaviour === 'lingers' ? 1500 : 0));
  setTimeout(() => server.closeIdleConnections(), 100);
});
`;
