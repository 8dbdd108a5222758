import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'rolldown'
import { z } from 'zod'

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() })

/**
 * A plugin of the bundler that writes `THIRD-PARTY-LICENSES.md`: the licence of every package whose code is in the bundle, which is
 * what these licences ask for.
 */
export function licenses(): Plugin {
  return {
    name: 'chain:licenses',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
      const folders = [...new Set(modules.map(packageFolder))].filter((folder) => folder !== null)
      this.emitFile({
        type: 'asset',
        fileName: 'THIRD-PARTY-LICENSES.md',
        source: `The code of these packages is part of this one.\n\n${folders.map(sectionOf).toSorted().join('\n')}`,
      })
    },
  }
}

/** The folder of the package that a module belongs to; null for one of our own. */
function packageFolder(id: string): string | null {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0] ?? null
}

function sectionOf(folder: string): string {
  const { name, version, license } = manifest.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')))
  const [file] = globSync('{LICENSE,LICENCE,license,License}*', { cwd: folder })
  const text = file === undefined ? '' : `\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`
  return `## ${name} ${version}\n\nLicense: ${license ?? 'see below'}\n${text}`
}
