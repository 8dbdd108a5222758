import { writeSync } from 'node:fs'

// Preloaded into a measured process: its peak memory, in KiB, goes to file descriptor 3 when it ends. Plain JavaScript, since
// loading the compiler for it would be measured too.
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))
