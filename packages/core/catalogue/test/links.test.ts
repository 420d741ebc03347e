import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { expect, it } from 'vitest';

const root = projectRoot();
const pages = globSync(['*.md', '{config,docs,packages,tasks}/**/*.md'], { cwd: root, exclude: ['**/node_modules'] });

it('finds the pages', () => expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/README.md'])));

it.each(pages)('%s links only to files and headings that exist', (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

/** Relative links; those with a scheme lead elsewhere. */
function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub names headings, and the ids that a page gives itself. */
function anchorsOf(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...read(page).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)];
}

/** Without code, where brackets mean something else. */
function read(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^```.*?^```/gms, '');
}
