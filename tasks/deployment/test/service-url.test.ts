import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mask, Secret, secretUrl } from '@opsgraph/secrets';
import { expect, it } from 'vitest';
import { deploymentContext } from '../steps/deployment-context.ts';

it('composes the URL of the service as a secret: also its base64 is masked when the password had to be encoded', async () => {
  const password = new Secret('DATABASE_APP_PASSWORD', 'p@ss/w ord+of-the-app');
  using project = mkdtempDisposableSync(join(tmpdir(), 'opsgraph-project-'));
  mkdirSync(join(project.path, 'config'));
  const application = { name: 'shop', directory: 'app', files: ['src'], migrations: ['migrations'] };
  writeFileSync(join(project.path, 'config', 'application.ts'), `export default ${JSON.stringify(application)};\n`);
  const { serviceEnvironment } = await deploymentContext(
    {
      connection: { url: secretUrl('DATABASE_URL', 'postgres://owner:another-word@db.example.org/shop') },
      config: {
        database: { roles: { app: { name: 'shop_app', password: { isSet: true, resolve: async () => password } } } },
        deployment: { hosts: {}, service: { run: [], variables: { MODE: 'quiet' } } },
      },
      environmentName: 'staging',
      projectRoot: project.path,
      run: { id: 'run', actor: 'ana', host: 'web-1' },
      stateDirectory: '/srv/shop/.ops',
      talk: { info: () => {}, warn: () => {} },
    } as never,
    { starts: true },
  );
  const { DATABASE_URL } = serviceEnvironment.current;
  expect(serviceEnvironment.values).toEqual({ MODE: 'quiet' });
  expect(DATABASE_URL).toBeInstanceOf(Secret);
  const url = (DATABASE_URL as Secret).reveal();
  expect(url).toBe('postgres://shop_app:p%40ss%2Fw%20ord%2Bof-the-app@db.example.org/shop');
  for (const shown of [url, Buffer.from(url).toString('base64'), Buffer.from(`URL=${url}`).toString('base64')])
    expect(mask(`${shown} `)).toMatch(/^.{0,8}\*\*\*[\w+/]?={0,2} $/);
});
