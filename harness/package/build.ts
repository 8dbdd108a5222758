import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { rolldown } from 'rolldown'
import { licenses } from './licenses.ts'
import { mirroredPaths } from './mirrored-paths.ts'
import { writeSchemas } from './schemas.ts'
import { writeTypes } from './types.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const DIST = path.join(ROOT, 'dist')

/** What is named from outside. What the code itself starts by its place is found by `mirroredPaths`. */
const ENTRIES = [
  'harness/cli/chain.js',
  'harness/library/index.ts',
  'harness/vitest/scenario-plugin.ts',
  'gateway/main.ts',
]

/** What two environments alone need is large, so that those who want it install it; vitest is there where its plugin is used. */
const EXTERNAL = /^(?:@kubernetes\/client-node|@testcontainers\/k3s|testcontainers|vitest)(?:\/|$)/

/*
 * `npm run build`: makes `dist/`, which is what the package has. It is the tree as it is, with JavaScript in place of TypeScript:
 * what is named from outside, or started, or read, stands where its source stands, and all other code is in `dist/chunks/`.
 */
rmSync(DIST, { recursive: true, force: true })
const bundle = await rolldown({
  cwd: ROOT,
  input: Object.fromEntries(ENTRIES.map((file) => [file.replace(/\.[jt]s$/, ''), file])),
  external: EXTERNAL,
  platform: 'node',
  transform: { target: 'node22' },
  // A package that Koa needs makes its functions by eval, and uses it as it should.
  checks: { eval: false },
  plugins: [mirroredPaths(ROOT), licenses()],
  onLog: (_, { message }) => {
    throw new Error(message)
  },
})
await bundle.write({
  dir: DIST,
  format: 'esm',
  sourcemap: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
})
writeTypes(ROOT, DIST, ['harness/library/index', 'harness/vitest/scenario-plugin'])
// The image of the package runs from JavaScript too. Its maps are for a debugger, which no container has.
const dockerfile = readFileSync(path.join(ROOT, 'gateway/Dockerfile'), 'utf8')
writeFileSync(path.join(DIST, 'gateway/Dockerfile'), dockerfile.replaceAll('main.ts', 'main.js'))
writeFileSync(path.join(DIST, '.dockerignore'), '**/*.map\n')
writeSchemas(DIST)
