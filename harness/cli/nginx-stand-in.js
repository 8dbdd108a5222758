#!/usr/bin/env -S node --max-semi-space-size=16
// Plain JavaScript, as chain.js is, so that the compiler need not be loaded for the one file that comes before the cache.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/chain', import.meta.url)))

const { main } = await import('./nginx-stand-in/main.ts')
process.exitCode = await main(process.argv.slice(2))
