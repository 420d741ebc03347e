import { defineTask, runTask } from '@opsgraph/kit';
import { releaseDirectory } from './steps/release-directory.ts';

export const release = defineTask({
  name: 'deployment:release',
  summary: 'Pack the application into a release; the same content gives the same bytes',
  description:
    'Writes release/release.tar and release/release.json: every file with its hash, and the migrations it works with. The same content gives the same bytes, so it is packed each time, and no cache has to know what belongs to it.',
  effect: 'read',
  needs: 'nothing',
  graph: { after: ['application#checks'], writes: ['release'] },
  options: {},
  examples: [{ command: 'pnpm turbo run release', says: 'checks the application and packs it' }],
  async run({ projectRoot, dryRun }) {
    const { loadApplication } = await import('@opsgraph/config');
    const { buildRelease, describeApplication } = await import('@opsgraph/releases');
    const application = await loadApplication(projectRoot);
    const { manifest } = dryRun
      ? await describeApplication(application)
      : await buildRelease(application, releaseDirectory(projectRoot));
    const { files, id, migrations } = manifest;
    return {
      summary: `release ${id} of ${application.name}: ${files.length} files, for migrations up to ${migrations.highest ?? 'none'}`,
      changes: [],
      data: { release: id, files: files.length, migrations },
    };
  },
});

await runTask(release, import.meta);
