import { cpSync, existsSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'rolldown'

/** `new URL('inside/main.js', import.meta.url)`: a program that the module starts, or a module that others load by its place. */
const PROGRAM = /new URL\('([^']+)\.[jt]s', import\.meta\.url\)/g

/** `` new URL(`known-confs/${conf}.conf`, import.meta.url) ``: one of the files in a folder. */
const FOLDER = /new URL\(`([\w-]+)\/[^`]*`, import\.meta\.url\)/g

/** A `require` that loads late what takes long. The bundler does the same for one that nobody has declared. */
const OWN_REQUIRE =
  /^import \{ createRequire \} from 'node:module'$|^const require = createRequire\(import\.meta\.url\)$/gm

/**
 * A plugin of the bundler for modules that read files, or start programs, by their own place. To such a module its place is as it
 * was, with the top of the build for the root of the project: what it starts becomes an entry there, and what it reads is copied.
 * @param root absolute, the root of the project
 */
export function mirroredPaths(root: string): Plugin {
  const folders = new Set<string>()
  return {
    name: 'chain:mirrored-paths',
    transform(code, id) {
      if (!code.includes('import.meta.') || !isOwn(id, root)) return null
      const module = path.relative(root, id).replaceAll(path.sep, '/')
      const dir = path.posix.dirname(module)
      for (const [, name = ''] of code.matchAll(PROGRAM)) {
        const file = path.posix.join(dir, name)
        const source = [`${file}.ts`, `${file}.js`].find((each) => existsSync(path.join(root, each)))
        if (source === undefined)
          return this.error(`Failed to build "${module}": it starts ${file}, which is not there.`)
        this.emitFile({ type: 'chunk', id: path.join(root, source), fileName: `${file}.js` })
      }
      for (const [, name = ''] of code.matchAll(FOLDER)) folders.add(path.posix.join(dir, name))
      const top = this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "module" }\n' })
      const place = `new URL('${module.replace(/\.ts$/, '.js')}', import.meta.ROLLUP_FILE_URL_${top}).href`
      const placed = code
        .replace(OWN_REQUIRE, '')
        .replace(PROGRAM, "new URL('$1.js', import.meta.url)")
        .replaceAll('import.meta.url', place)
      if (/import\.meta\.(?:dir|file)name/.test(placed)) {
        return this.error(`Failed to build "${module}": it asks for its place by another word than import.meta.url.`)
      }
      return { code: placed, map: null }
    },
    writeBundle({ dir = '' }) {
      for (const folder of folders) cpSync(path.join(root, folder), path.join(dir, folder), { recursive: true })
    },
  }
}

function isOwn(id: string, root: string): boolean {
  return id.startsWith(root) && !id.includes(`${path.sep}node_modules${path.sep}`)
}
