/** Where a block stands, as far as what its directives mean depends on the location's name. */
export interface InLocation {
  /** As written; empty where there is none. */
  readonly name: string
  /** `plain`: prefixes and exact names, which a URI part and an `alias` replace. */
  readonly kind: 'plain' | 'regex' | 'named' | 'none'
}

/** `http`, a server, `if` and `limit_except`. */
export const NO_LOCATION: InLocation = { name: '', kind: 'none' }
