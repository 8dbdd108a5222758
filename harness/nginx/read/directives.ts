import { ACCESS_MODULES } from './directives/access.ts'
import { CONTENT_MODULES } from './directives/content.ts'
import { CORE_MODULES } from './directives/core.ts'
import { DYNAMIC_MODULES } from './directives/dynamic.ts'
import { FILTERS_MODULES } from './directives/filters.ts'
import { LOG_MODULES } from './directives/log.ts'
import { MAIN_MODULES } from './directives/main.ts'
import { PROTOCOLS_MODULES } from './directives/protocols.ts'
import { PROXY_MODULES } from './directives/proxy.ts'
import { REWRITE_MODULES } from './directives/rewrite.ts'
import type { Context, DirectiveRule, ModuleTable } from './directives/rule.ts'
import { TLS_MODULES } from './directives/tls.ts'
import { UPSTREAM_MODULES } from './directives/upstream.ts'
import { VARIABLES_MODULES } from './directives/variables.ts'

/** The command tables of nginx 1.22, module by module. Modules of mail and stream stay out: no site file holds them. */
export const MODULES: readonly ModuleTable[] = [
  ...CORE_MODULES,
  ...REWRITE_MODULES,
  ...PROXY_MODULES,
  ...UPSTREAM_MODULES,
  ...VARIABLES_MODULES,
  ...ACCESS_MODULES,
  ...CONTENT_MODULES,
  ...FILTERS_MODULES,
  ...LOG_MODULES,
  ...TLS_MODULES,
  ...PROTOCOLS_MODULES,
  ...DYNAMIC_MODULES,
  ...MAIN_MODULES,
]

/** Every directive by its name. Some names mean two things: `server` in http, and in an upstream. */
export const DIRECTIVES: ReadonlyMap<string, readonly DirectiveRule[]> = collect(MODULES)

/** The rule for a directive in a context; undefined where it is unknown or may not stand there. */
export function ruleIn(name: string, context: Context): DirectiveRule | undefined {
  return DIRECTIVES.get(name)?.find(({ contexts }) => contexts.includes(context))
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
