import { buildChain } from '../scenario/chain-config.ts'
import type { Repository } from './read-repository.ts'

/** Why a template may be refused: nobody says what its variables are. */
export function templateNote(
  file: string,
  site: Readonly<Record<string, unknown>> | undefined,
  { env }: Repository,
  root: string,
): string {
  const text = buildChain(file, { site, services: { none: { port: 1 } } }, root).chain?.site.content ?? ''
  const names = [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name = '']) => name)
  const unset = [...new Set(names)].filter((name) => !env.has(name))
  if (unset.length === 0) return ''
  return `. It is a template, and no compose file has values of ${unset.join(', ')}: they are written as host: {env: {NAME: value}}`
}

/** What compose files say of the variables of a template: `host: {env: …}`. */
export function envOf(
  file: string,
  mapping: Readonly<Record<string, unknown>>,
  { env }: Repository,
  root: string,
): { readonly env?: Readonly<Record<string, string>> } {
  const text = buildChain(file, mapping, root).chain?.site.content ?? ''
  const names = [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]*)\b/g)].map(([, name = '']) => name)
  const values = [...new Set(names)].flatMap((name) => {
    const value = env.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return values.length === 0 ? {} : { env: Object.fromEntries(values) }
}
