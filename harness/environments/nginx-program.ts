import type { NginxProgram } from './environment.ts'

/** Reads what `nginx -V` says; null where no nginx says so. */
export function readNginxProgram(said: string): NginxProgram | null {
  const version = /nginx version: \S+?\/(\d+\.\d+\.\d+)/.exec(said)?.[1]
  if (version === undefined) return null
  const modules = [...said.matchAll(/--with-([a-z0-9_]+_module)\b/g)].map(([, name = '']) => name)
  const added = [...said.matchAll(/--add-(?:dynamic-)?module=(\S+)/g)].map(([, path = '']) => path.replace(/^.*\//, ''))
  return { version, modules: [...new Set([...modules, ...added])].sort() }
}
