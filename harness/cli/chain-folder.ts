import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import { isInside, loadChain } from '../chain/load-chain.ts'
import type { NamedChain } from '../scenario/named-chains.ts'
import { findWorkspace } from '../scenario/workspace.ts'
import { complain, complainOf } from './terminal.ts'

/**
 * The chain that a command names: one of `chain.config.yaml`, or a folder. Where it names none, the first of `chain.config.yaml`.
 * Null where there is none, and why has been told.
 * @param how how the command is told a folder
 */
export function chainOf(wanted: string | undefined, how = '--chain DIR'): Chain | null {
  const { root, config } = findWorkspace(process.cwd())
  if (config !== null && config.diagnostics.length > 0) {
    complainOf(config.diagnostics)
    return null
  }
  const name = wanted ?? config?.names[0]
  if (name === undefined) {
    complain(
      `Failed to find a chain: there is no chain.config.yaml here or above. Write one by "chain init", or name the folder of a chain by ${how}.`,
    )
    return null
  }
  const found = config?.chain(name) ?? inFolder(name, root, config?.names ?? [], how)
  if (found?.chain === null) complainOf(found.diagnostics)
  return found?.chain ?? null
}

/** Null where there is no such folder, and that has been told. */
function inFolder(name: string, root: string | null, names: readonly string[], how: string): NamedChain | null {
  const dir = path.resolve(name)
  if (existsSync(dir)) return loadChain(dir, root !== null && isInside(dir, root) ? root : dir)
  const others = names.length === 0 ? '' : ` chain.config.yaml has: ${names.join(', ')}.`
  complain(`Failed to find chain "${name}": there is no such folder. Name the folder of a chain by ${how}.${others}`)
  return null
}
