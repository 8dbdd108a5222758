/** Where the claim holder finds the engine's socket. */
export const SOCKET = '/var/run/docker.sock'

/** Labels of everything that we start: whose it is, and which cluster it belongs to. */
export const LABEL = {
  cluster: 'request-chain.cluster',
  owner: 'request-chain.owner',
  part: 'request-chain.part',
  relay: 'request-chain.relay',
} as const

/** The part that a claim holder is. */
export const CLAIM = 'claim'

/** What the engine says of a container (GET /containers/json). */
export interface ListedContainer {
  readonly Id: string
  readonly Labels: Readonly<Record<string, string>>
}
