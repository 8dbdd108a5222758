#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Stripping types and compiling a hundred files costs more than running a scenario: keep the result between runs.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/chain', import.meta.url)))

const { main } = await import('./program.ts')
process.exitCode = await main(process.argv)
