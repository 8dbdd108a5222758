#!/usr/bin/env -S node --max-semi-space-size=16
// What a scenario leaves behind dies young; with room to spare V8 lets it lie about, and a long run takes more memory.

// Every Node.js reads this file, also one that is too old for all others: nothing here is newer than import().
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

// These have what a server of node:http needs to refuse an upgrade: see "engines" in package.json.
if ((major === 22 && minor >= 21) || (major === 24 && minor >= 9) || major > 24) import('./start.js')
else {
  process.stderr.write(
    `chain: Failed to start: chain needs Node.js 22.21, 24.9 or newer, and this is ${process.version}. Install a newer one, or let npx bring one along: npx -p node@24 -p request-chain chain.\n`,
  )
  process.exitCode = 3
}
