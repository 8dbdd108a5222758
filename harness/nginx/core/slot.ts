/**
 * What a module keeps of something that belongs to the core: of a location's settings, of a location, of a site that is
 * compiled (ngx_http_get_module_loc_conf). The core does not know what it is.
 */
export class Slot<Key extends object, Value> {
  readonly #values = new WeakMap<Key, Value>()
  readonly #otherwise: Value

  /** @param otherwise the value of what none was kept of */
  constructor(otherwise: Value) {
    this.#otherwise = otherwise
  }

  of(key: Key): Value {
    const value = this.#values.get(key)
    return value === undefined ? this.#otherwise : value
  }

  keep(key: Key, value: Value): void {
    this.#values.set(key, value)
  }
}
