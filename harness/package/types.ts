import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** `from './x.ts'`, `import('./x.ts')` */
const OWN_IMPORT = /((?:from |import\()')(\.[^']+)\.ts'/g

/**
 * Writes the declarations of some modules, and of what they name, beside what the bundler made of them.
 * @param entries as `harness/package/tsconfig.types.json` has them
 */
export function writeTypes(root: string, dist: string, entries: readonly string[]): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'harness/package/tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  })
  // The compiler writes those of every module that it read: the hundredth part of that is what users may name.
  const all = path.join(dist, 'types-of-all')
  const written = new Set<string>()
  const write = (module: string): void => {
    if (written.has(module)) return
    written.add(module)
    const text = readFileSync(path.join(all, `${module}.d.ts`), 'utf8')
    const file = path.join(dist, `${module}.d.ts`)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text.replaceAll(OWN_IMPORT, "$1$2.js'"))
    for (const [, , to = ''] of text.matchAll(OWN_IMPORT)) write(path.posix.join(path.posix.dirname(module), to))
  }
  for (const entry of entries) write(entry)
  rmSync(all, { recursive: true })
}
