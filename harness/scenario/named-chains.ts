import type { Chain } from '../chain/chain.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** A chain that has a name, or every reason why it is none. */
export interface NamedChain {
  readonly chain: Chain | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Chains that scenarios may name. */
export interface NamedChains {
  /** In the order of their file: the first is that of a scenario which names none. */
  readonly names: readonly string[]
  /** Null where no chain has that name. */
  chain(name: string): NamedChain | null
}
