import path from 'node:path'
import type { NginxFile } from './read-repository.ts'

/** One nginx, by the forms in which `site` may name its files; the first that nginx would start with counts. */
export interface Candidate {
  readonly file: string
  readonly forms: readonly Readonly<Record<string, unknown>>[]
}

/** A whole nginx.conf with the sites beside it, a folder of sites, every other file by itself. */
export function candidatesOf(files: readonly NginxFile[]): Candidate[] {
  const found: Candidate[] = []
  const used = new Set<NginxFile>()
  for (const one of files.filter(({ isWhole, text }) => isWhole && text === null)) {
    const dir = path.posix.dirname(one.file)
    const sites = files.filter((other) => {
      const [below = ''] = path.posix.relative(dir, other.file).split('/')
      return (
        !other.isWhole &&
        other.text === null &&
        ['conf.d', 'sites-enabled', 'sites-available', 'templates'].includes(below)
      )
    })
    for (const taken of [one, ...sites]) used.add(taken)
    const together = sites.length === 0 ? [] : [{ file: [one.file, ...sites.map(({ file }) => file)] }]
    const isNginxConf = path.posix.basename(one.file) === 'nginx.conf' && dir !== '.'
    found.push({ file: one.file, forms: [...together, { file: one.file }, ...(isNginxConf ? [{ file: dir }] : [])] })
  }
  const folders = Map.groupBy(
    files.filter((one) => !used.has(one) && one.text === null && FOLDER.test(one.file)),
    ({ file }) => path.posix.dirname(file),
  )
  for (const [folder, sites] of folders) {
    if (folder.endsWith('sites-available') && folders.has(folder.replace(/available$/, 'enabled'))) {
      for (const site of sites) used.add(site)
      continue
    }
    for (const site of sites) used.add(site)
    const [only, second] = sites
    const each = sites.map(({ file }) => file)
    found.push({
      file: only !== undefined && second === undefined ? only.file : folder,
      forms: second === undefined ? [{ file: each[0] }] : [{ file: each }],
    })
  }
  for (const one of files) {
    if (used.has(one)) continue
    const { file, text } = one
    if (text === null) found.push({ file, forms: [{ file }] })
    else
      found.push({ file, forms: [{ configMap: file, key: text.key, ...(text.name !== null && { name: text.name }) }] })
  }
  return found
}

const FOLDER = /(?:^|\/)(?:conf\.d|sites-enabled|sites-available)\/[^/]+$/
