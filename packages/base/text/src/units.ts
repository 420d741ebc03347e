const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** What {@link parseDuration} takes, for help and error messages. */
export const durationForm = 'a duration like 500ms, 30s, 5m, 2h, 1d or 1h30m';

/** What {@link parseSize} takes, for help and error messages. */
export const sizeForm = 'a size like 512B, 10MB (millions) or 1GiB (powers of 1024)';

/**
 * Milliseconds of `30s`, `5m`, `1h30m`; `0` needs no unit. Units: ms, s, m, h,
 * d, w, each once and from large to small; undefined when it is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const parts =
    /^(?:(\d+(?:\.\d+)?)w)?(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
      trimmed,
    );
  if (trimmed === '' || parts === null) return undefined;
  const units = ['w', 'd', 'h', 'm', 's', 'ms'] as const;
  const total = units.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * milliseconds[unit], 0);
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/**
 * Bytes of `512B`, `10MB`, `1.5GiB`. kB, MB, GB, TB are powers of 1000; KiB,
 * MiB, GiB, TiB of 1024; case does not matter. `0` needs no unit. undefined
 * when it is no size.
 */
export function parseSize(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmgt]?i?b)$/i.exec(trimmed) ?? [];
  const factor = unit === undefined ? undefined : bytes[unit.toLowerCase()];
  if (number === undefined || factor === undefined) return undefined;
  const total = Math.round(Number(number) * factor);
  return Number.isSafeInteger(total) ? total : undefined;
}
