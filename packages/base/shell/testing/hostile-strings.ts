/**
 * Strings as an attacker or an accident would write them, the same in each
 * run: quotes, newlines, substitutions, globs, dashes, control characters,
 * every length from none to some kilobytes. A shell that read one of them
 * would create the file `canary`.
 */
export function hostileStrings(count: number, canary: string): string[] {
  const pieces = [...plain, ...actsThat(`touch ${canary}`)];
  let seed = 20_240_607;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const text = (length: number): string => Array.from({ length }, () => pieces[next(pieces.length)]).join('');
  // one in a hundred is long
  return Array.from({ length: count }, (_, index) => text(index % 100 === 99 ? 100 + next(400) : next(9)));
}

const plain = [
  ...'\'"\\$`!*?~#;&|<>(){}[]=%^@,:+-_. \t\n\r\u0001\u0008\u001b\u007f',
  ...['$HOME', '\\\n', '\\\\', '--', '-n', '-e', '%s', '%n', '!!', '~root', '*', '/*', '\n\n', '$IFS', '{a,b}'],
  ...['é', '日本', '🙂', 'e\u0301', '\u2028', '\ufeff', '\u00a0', 'x', '0', 'word', 'web-1.example.com'],
];

function actsThat(act: string): string[] {
  return [
    ...[`$(${act})`, `\`${act}\``, `;${act};`, `|${act}`, `&${act}&`, `\n${act}\n`, `<(${act})`],
    ...[`';${act};'`, `";${act};"`, `'$(${act})'`, `"\`${act}\`"`, `'\n${act}\n'`],
    ...[`-oProxyCommand=${act}`, `-o ProxyCommand=${act}`, `--to-command=${act}`],
  ];
}
