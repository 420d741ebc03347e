const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `512 bytes`, `16 kB`, `1.5 GB`: powers of 1000, as the configuration reads these units. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let size = bytes;
  let unit = 0;
  // 999,950 bytes round to 1000 kB, which is 1.0 MB.
  while (unit < units.length - 1 && Number(rounded(size, unit)) >= 1000) {
    size /= 1000;
    unit += 1;
  }
  return `${rounded(size, unit)} ${units[unit]}`;
}

function rounded(size: number, unit: number): string {
  return size.toFixed(unit < 2 ? 0 : 1);
}
