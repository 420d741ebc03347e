export { agree, count, formatNumber } from './count.ts';
export { exactDuration, formatDuration } from './duration.ts';
export { formatBytes } from './format-bytes.ts';
export { aligned, table } from './table.ts';
