import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

/** Packages that start containers and talk to clusters; nothing that runs in one needs them. Node.js comes with the base image. */
const OUTSIDE = ['@kubernetes/client-node', '@testcontainers/k3s', 'node', 'testcontainers']

const SOURCES = [
  'gateway/**/*',
  'harness/backends/**/*.ts',
  'harness/chain/**/*.ts',
  'harness/environments/kubernetes/{gateway-pod,node-relay,stub-pod}/*.ts',
  'harness/environments/k3s/claim-holder/*.ts',
]

const entry = z.object({ dependencies: z.record(z.string(), z.string()).optional() })
const lockFile = z.object({ packages: z.record(z.string(), entry) })

/** The project's own files that the image needs, by their path from the root. */
export function sourceFiles(root: string): string[] {
  return filesOf(root, SOURCES).filter((file) => !/\.test\.ts$|^gateway\/testing\//.test(file))
}

/** The files of the packages that the image needs: what package.json names but {@link OUTSIDE}, and what those need in turn. */
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
  const direct = Object.keys(packages['']?.dependencies ?? {})
  need(
    '',
    direct.filter((name) => !OUTSIDE.includes(name)),
  )
  // A package inside another one's folder is taken only where it is needed itself.
  return [...needed].flatMap((folder) =>
    filesOf(root, [`${folder}/**/*`]).filter((file) => !file.slice(folder.length + 1).startsWith('node_modules/')),
  )
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
