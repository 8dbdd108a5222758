import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const SOURCES = [
  'gateway/**/*',
  'harness/backends/**/*.ts',
  'harness/chain/**/*.ts',
  'harness/environments/kubernetes/{gateway-pod,node-relay,stub-pod}/*.ts',
  'harness/environments/k3s/claim-holder/*.ts',
]

const BUILT = ['gateway/**/*', '{chunks,harness}/**/*.js']

const entry = z.object({ dependencies: z.record(z.string(), z.string()).optional() })
const lockFile = z.object({ packages: z.record(z.string(), entry) })

/** The package has modules that are whole; a clone has sources, and the packages that they import. */
const IS_PACKAGE = import.meta.url.endsWith('.js')

/** Every file that the image is built from, by its path from the root. */
export function contextFiles(root: string): string[] {
  if (IS_PACKAGE) return ['package.json', ...filesOf(root, BUILT)]
  return ['package.json', ...sourceFiles(root), ...moduleFiles(root)]
}

/** The files that decide what is in the image. The packages of a clone are as the lock file says. */
export function taggingFiles(root: string): string[] {
  return IS_PACKAGE ? contextFiles(root) : ['package-lock.json', ...sourceFiles(root)]
}

/** The project's own files that the image needs, by their path from the root. */
export function sourceFiles(root: string): string[] {
  return filesOf(root, SOURCES).filter((file) => !/\.test\.ts$|^gateway\/testing\//.test(file))
}

/** The files of the packages that the image needs: what its own files import, and what that needs in turn. */
export function moduleFiles(root: string): string[] {
  const { packages } = lockFile.parse(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')))
  const needed = new Set<string>()
  const need = (from: string, names: readonly string[]): void => {
    for (const name of names) {
      const folder = resolve(packages, from, name)
      if (folder === null || needed.has(folder)) continue
      needed.add(folder)
      need(folder, Object.keys(packages[folder]?.dependencies ?? {}))
    }
  }
  need('', importedPackages(root))
  // A package inside another one's folder is taken only where it is needed itself.
  return [...needed].flatMap((folder) =>
    filesOf(root, [`${folder}/**/*`]).filter((file) => !file.slice(folder.length + 1).startsWith('node_modules/')),
  )
}

/** The packages that the image's own files import. */
function importedPackages(root: string): string[] {
  const texts = sourceFiles(root).map((file) => readFileSync(path.join(root, file), 'utf8'))
  const found = texts.flatMap((text) => [
    ...text.matchAll(/(?:from |import\(|require\()'((?:@[\w.-]+\/)?[\w-][\w.-]*)/g),
  ])
  return [...new Set(found.map(([, name = '']) => name))].filter((name) => name !== 'node')
}

/** Where Node.js finds a package that is asked for in a folder: the nearest `node_modules` above it that has one. */
function resolve(packages: Readonly<Record<string, unknown>>, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (Object.hasOwn(packages, candidate)) return candidate
    if (folder === '') return null
  }
}

function filesOf(root: string, patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => path.relative(root, path.join(file.parentPath, file.name)))
    .sort()
}
