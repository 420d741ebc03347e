import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasApplication, loadApplication } from '@opsgraph/config';
import type { GeneratedFile } from './generated-file.ts';

const path = 'tasks/deployment/turbo.json';

/** The deployment's turbo.json, where `release` waits for the checks that the application names; none without a deployment. */
export async function deploymentTurbo(root: string): Promise<GeneratedFile[]> {
  if (!existsSync(join(root, path))) return [];
  const names = hasApplication(root) ? (await loadApplication(root)).checks : [];
  const checks = names.map((task) => JSON.stringify(task)).join(', ');
  const present = readFileSync(join(root, path), 'utf8');
  return [{ path, content: present.replace(/("release": \{[^}]*"dependsOn": )\[[^\]]*\]/, `$1[${checks}]`) }];
}
