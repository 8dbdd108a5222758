import { rmSync, symlinkSync, writeFileSync } from 'node:fs'

// After `npm ci`, `npx chain` finds the command of this clone at once; without the link npx would make one of its own in
// a cache that outlives the clone. Windows has a script in place of a link, as npm does it there.
const link = new URL('../../node_modules/.bin/chain', import.meta.url)
try {
  rmSync(link, { force: true })
  if (process.platform === 'win32')
    writeFileSync(new URL('chain.cmd', link), '@node "%~dp0..\\..\\harness\\cli\\chain.js" %*\r\n')
  else symlinkSync('../../harness/cli/chain.js', link)
} catch (error) {
  process.stderr.write(`npx chain is not linked: ${error instanceof Error ? error.message : String(error)}\n`)
}
