/** The longest `*.example.com` for a name, wildcards kept by what follows their `*` (ngx_hash_find_wc_head). */
export function longestLeading<T>(wildcards: ReadonlyMap<string, T>, name: string): { rest: string; value: T } | null {
  if (wildcards.size === 0) return null
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const rest = name.slice(dot)
    const value = wildcards.get(rest)
    if (value !== undefined) return { rest, value }
  }
  return null
}

/** The longest `mail.*` for a name, wildcards kept by what stands before their `*` (ngx_hash_find_wc_tail). */
export function longestTrailing<T>(wildcards: ReadonlyMap<string, T>, name: string): { rest: string; value: T } | null {
  if (wildcards.size === 0) return null
  for (let dot = name.lastIndexOf('.'); dot !== -1; dot = dot === 0 ? -1 : name.lastIndexOf('.', dot - 1)) {
    const rest = name.slice(0, dot + 1)
    const value = wildcards.get(rest)
    if (value !== undefined) return { rest, value }
  }
  return null
}
