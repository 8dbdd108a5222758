import { rmSync, symlinkSync } from 'node:fs'

// After `npm ci`, `npx chain` finds the command of this clone at once; without the link npx would make one of its own in
// a cache that outlives the clone. Where a system does not let us link (Windows), that is what it then does.
const link = new URL('../../node_modules/.bin/chain', import.meta.url)
try {
  rmSync(link, { force: true })
  symlinkSync('../../harness/cli/chain.js', link)
} catch (error) {
  process.stderr.write(`npx chain is not linked: ${error instanceof Error ? error.message : String(error)}\n`)
}
