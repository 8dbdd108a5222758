import { CORE_MODULES } from './core/directives/core.ts'
import { MAIN_MODULES } from './core/directives/main.ts'
import type { Context, DirectiveRule, ModuleTable } from './core/directives/rule.ts'
import { PROXY_MODULES } from './modules/proxy/rows.ts'
import { REWRITE_MODULES } from './modules/rewrite/rows.ts'
import { ACCESS_MODULES } from './modules/rows-only/access.ts'
import { CONTENT_MODULES } from './modules/rows-only/content.ts'
import { DYNAMIC_MODULES } from './modules/rows-only/dynamic.ts'
import { FILTERS_MODULES } from './modules/rows-only/filters.ts'
import { LOG_MODULES } from './modules/rows-only/log.ts'
import { PROTOCOLS_MODULES } from './modules/rows-only/protocols.ts'
import { TLS_MODULES } from './modules/rows-only/tls.ts'
import { VARIABLES_MODULES } from './modules/rows-only/variables.ts'
import { UPSTREAM_MODULES } from './modules/upstream/rows.ts'

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
