import type { Context, DirectiveRule, ModuleTable } from './rule.ts'

/** Every directive by its name. Some names mean two things: `server` in http, and in an upstream. */
export class DirectiveTable {
  readonly #byName: ReadonlyMap<string, readonly DirectiveRule[]>

  constructor(modules: readonly ModuleTable[]) {
    this.#byName = collect(modules)
  }

  /** What is known of a name; undefined for an unknown one. */
  rulesOf(name: string): readonly DirectiveRule[] | undefined {
    return this.#byName.get(name)
  }

  /** The rule for a directive in a context; undefined where it is unknown or may not stand there. */
  ruleIn(name: string, context: Context): DirectiveRule | undefined {
    return this.#byName.get(name)?.find(({ contexts }) => contexts.includes(context))
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()]
  }

  namesIn(context: Context): readonly string[] {
    return this.names.filter((name) => this.ruleIn(name, context) !== undefined)
  }
}

function collect(modules: readonly ModuleTable[]): Map<string, DirectiveRule[]> {
  const directives = new Map<string, DirectiveRule[]>()
  for (const { module, rows } of modules) {
    const page = `https://nginx.org/en/docs/${module === 'ngx_core_module' ? '' : 'http/'}${module}.html`
    for (const [name, [contexts, args, support]] of Object.entries(rows)) {
      const rules = directives.get(name) ?? []
      rules.push({ module, contexts, args, doc: `${page}#${name}`, ...support })
      directives.set(name, rules)
    }
  }
  return directives
}
