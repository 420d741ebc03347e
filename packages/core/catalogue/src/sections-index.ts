import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedFile } from './generated-file.ts';

const folder = 'packages/core/config/src/sections';

/**
 * The table of all sections: `<name>.ts` exports the section under its name,
 * and `<name>Rule` where several keys have a condition. Imports nothing: what
 * it makes is what the configuration is loaded with.
 */
export function sectionsIndex(root: string): GeneratedFile {
  const found = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .sort()
    .map((file) => {
      const name = camelCase(file.slice(0, -'.ts'.length));
      const hasRule = new RegExp(`^export [^;]*\\b${name}Rule\\b`, 'm').test(
        readFileSync(join(root, folder, file), 'utf8'),
      );
      return { file, name, rule: hasRule ? `${name}Rule` : undefined };
    });
  const imports = found.map(
    ({ file, name, rule }) => `import { ${[name, rule].filter(Boolean).join(', ')} } from './${file}';`,
  );
  const rules = found.flatMap(({ name, rule }) => (rule === undefined ? [] : [`  ${name}: ${rule},`]));
  return {
    path: `${folder}/index.ts`,
    content: `// Generated from the files of this folder by \`pnpm generate\`.
import type { KeyTable } from '../declare/key.ts';
import type { Rule } from '../declare/rule.ts';
${imports.join('\n')}

/** Every key there is, by sections. */
export const keyTable = {
${found.map(({ name }) => `  ${name},`).join('\n')}
} satisfies KeyTable;

/** Conditions over several keys, by the section whose problem it is. */
export const rules: { readonly [section in keyof typeof keyTable]?: Rule } = {
${rules.join('\n')}
};
`,
  };
}

/** passThrough of pass-through. */
function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
}
