/** config/<name>.ts */
export function environmentFile(name: string, sandbox: boolean): string {
  const snake = name.replaceAll('-', '_');
  const keys = sandbox
    ? `  sandbox: true,
  database: {
    embedded: { database: 'simulations_${snake}', owner: 'simulations_${snake}_owner' },
    roles: { app: { name: 'simulations_${snake}_app' } },
  },`
    : `  database: {
    roles: { app: { name: 'simulations_app' } },
  },`;
  const says = sandbox
    ? `/** A sandbox: a database of its own in the PostgreSQL that Opsgraph runs on this machine. */`
    : `/**
 * Refuses to work until DATABASE_URL is set: in the process environment, in
 * config/.env.${name}, or here as a reference to a secret manager (url: 'cmd:…').
 * For deployments it needs hosts: docs/deployment.md.
 */`;
  return `import type { EnvironmentFile } from '@opsgraph/config';

${says}
export default {
${keys}
} satisfies EnvironmentFile;
`;
}
