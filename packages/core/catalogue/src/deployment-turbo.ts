import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GeneratedFile } from './generated-file.ts';

const path = 'tasks/deployment/turbo.json';

/** The deployment's turbo.json, where `release` waits for the checks that the application names; none without a deployment. */
export async function deploymentTurbo(root: string): Promise<GeneratedFile[]> {
  const declaration = join(root, 'tasks', 'deployment', 'application.ts');
  if (!existsSync(declaration)) return [];
  const { application } = (await import(pathToFileURL(declaration).href)) as { application: { checks: string[] } };
  const checks = application.checks.map((task) => JSON.stringify(task)).join(', ');
  const present = readFileSync(join(root, path), 'utf8');
  return [{ path, content: present.replace(/("release": \{[^}]*"dependsOn": )\[[^\]]*\]/, `$1[${checks}]`) }];
}
