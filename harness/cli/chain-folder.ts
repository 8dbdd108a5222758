import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import { loadChain } from '../chain/load-chain.ts'
import { complain, complainOf } from './terminal.ts'

/** The chain of a folder that a command names; null where it is none, and why has been told. */
export function chainOf(folder: string): Chain | null {
  const dir = path.resolve(folder)
  if (!existsSync(dir)) {
    complain(`Failed to find chain "${folder}": there is no such folder. Name the folder of a chain by --chain DIR.`)
    return null
  }
  const { chain, diagnostics } = loadChain(dir, dir)
  if (chain === null) complainOf(diagnostics)
  return chain
}
