// The first file of a sandbox's inside: plain JavaScript, so that everything after it comes out of the compile cache.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Whoever started this has gone, however it ended: nothing may outlive it.
process.once('disconnect', () => process.exit())
if (!process.connected) process.exit()

enableCompileCache(fileURLToPath(new URL('../../../../node_modules/.cache/chain', import.meta.url)))
await import('./serve.ts')
