import { lowerCase } from '../../syntax/wire.ts'
import { longestLeading, longestTrailing } from './wildcards.ts'

/** What became of a name: `invalid`: it is no name and no wildcard. `conflict`: it was there. */
export type AddedName = 'added' | 'invalid' | 'conflict'

/** Values by names of hosts and wildcards: `a.example`, `.a.example`, `*.a.example`, `a.*` (ngx_hash_keys_arrays_t, ngx_hash_combined_t). */
export class Hostnames<T> {
  readonly #exact = new Map<string, T>()
  /** By what follows the `*`. */
  readonly #leading = new Map<string, T>()
  /** By what stands before the `*`. */
  readonly #trailing = new Map<string, T>()

  get isEmpty(): boolean {
    return this.#exact.size + this.#leading.size + this.#trailing.size === 0
  }

  /** Adds a name, whose case does not matter (ngx_hash_add_key). */
  add(written: string, value: T): AddedName {
    const name = lowerCase(written)
    const stars = name.split('*').length - 1
    if (stars > 1 || name.includes('..') || name.includes('\0')) return 'invalid'
    if (/^\../s.test(name))
      return this.#addTo(
        [
          [this.#leading, name],
          [this.#exact, name.slice(1)],
        ],
        value,
      )
    if (/^\*\../s.test(name)) return this.#addTo([[this.#leading, name.slice(1)]], value)
    if (/.\.\*$/s.test(name)) return this.#addTo([[this.#trailing, name.slice(0, -1)]], value)
    return stars > 0 ? 'invalid' : this.#addTo([[this.#exact, name]], value)
  }

  /** Adds a text that is no wildcard, whatever it looks like. */
  addText(written: string, value: T): AddedName {
    return this.#addTo([[this.#exact, lowerCase(written)]], value)
  }

  #addTo(places: readonly (readonly [Map<string, T>, string])[], value: T): AddedName {
    if (places.some(([table, key]) => table.has(key))) return 'conflict'
    for (const [table, key] of places) table.set(key, value)
    return 'added'
  }

  /** The value of a name in lower case: of itself, of the longest wildcard before it, or of the longest behind it. */
  find(name: string): T | undefined {
    return (
      this.#exact.get(name) ??
      longestLeading(this.#leading, name)?.value ??
      longestTrailing(this.#trailing, name)?.value
    )
  }
}
