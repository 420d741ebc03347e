// Preloaded into a Node whose peak memory is wanted: writes it, in KiB, at the end.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS)));
