/** Who sends a request, as far as it was proven, and what they may do. */
export interface Principal {
  readonly kind: 'api-key' | 'jwt'
  /** The key's name in auth.yaml, or the token's subject. */
  readonly name: string
  readonly scopes: readonly string[]
}
