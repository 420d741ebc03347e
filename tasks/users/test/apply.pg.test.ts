import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUsersProject, type UsersProject } from './project.ts';

let project: UsersProject;
beforeAll(async () => {
  project = await createUsersProject();
});
afterAll(() => project.remove());
beforeEach(async () => {
  project.configure('{}');
  await project.query('TRUNCATE users, service_accounts, service_account_keys, ops.run');
});

describe('apply', () => {
  const lists = `{
    administrators: [{ email: 'ana@example.org' }],
    serviceAccounts: [{ name: 'reader', scopes: ['simulations:read'], expires: '90d', keyTo: 'cmd:tee reader.key' }],
  }`;

  it('converges to the lists, shows the difference before, and shuts out only with --prune', async () => {
    project.configure(lists);
    expect(await project.run('apply', ['--dry-run'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/would change(.|\n)*create administrator ana(.|\n)*issue a key for reader/),
    });
    expect(await project.query('SELECT 1 FROM users')).toEqual([]);
    const { code, stdout } = await project.run('apply', [], { env: { CI: 'true' } });
    expect([code, stdout.includes('✔ changed'), stdout.includes('sim_')]).toEqual([0, true, false]);
    expect(readFileSync(join(project.root, 'reader.key'), 'utf8')).toMatch(/^sim_\w{46}$/);
    expect(await project.run('apply')).toMatchObject({ code: 0, stdout: expect.stringContaining('✔ ok') });

    await project.run('create-admin', ['--email', 'bob@example.org']);
    expect(await project.run('apply')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('administrator bob@example.org is not listed'),
    });
    expect(await project.run('apply', ['--prune'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('disable bob@example.org'),
    });
    expect(await project.query('SELECT email, disabled_at IS NULL AS active FROM users ORDER BY email')).toEqual([
      { email: 'ana@example.org', active: true },
      { email: 'bob@example.org', active: false },
    ]);
  });

  it('does nothing where nothing is listed', async () => {
    expect(await project.run('apply')).toMatchObject({ code: 0, stdout: expect.stringContaining('lists no accounts') });
  });

  it('exits 1 when a person has shut out who is listed', async () => {
    project.configure("{ administrators: [{ email: 'ana@example.org' }, { email: 'bob@example.org' }] }");
    await project.run('apply');
    await project.run('disable-user', ['--email', 'ana@example.org']);
    expect(await project.run('apply')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('enable-user --email ana@example.org'),
    });
  });
});
