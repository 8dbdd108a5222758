import { compileProxyPass } from '../../modules/proxy/compile-pass.ts'
import { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { compileSettings } from '../compile-settings.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { Location } from '../site-config.ts'
import { NO_LOCATION } from './in-location.ts'
import type { LimitExcept } from './limit-except.ts'

/** The methods that nginx knows by name (ngx_methods_names). */
const METHODS: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH'.split(' '),
)

/** Compiles `limit_except METHOD… { }` of a location (ngx_http_core_limit_except). GET stands for HEAD too. */
export function compileLimitExcept(directive: Directive, around: Location, scope: CompileScope): LimitExcept {
  const methods = new Set<string>()
  for (const { text, span } of directive.args) {
    const method = text.toUpperCase()
    if (!METHODS.has(method)) scope.error(span, `invalid method "${text}"`)
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
  }
  const block = new Block(directive.block ?? [])
  const pass = block.one('proxy_pass')
  const location: Location = {
    ...around,
    rule: ruleOf(directive),
    settings: compileSettings(block, around.settings, NO_LOCATION, scope),
    rewrites: [],
    tryFiles: null,
    pass: pass === undefined ? around.pass : compileProxyPass(pass, around.name, '@', scope),
  }
  return { methods, location }
}
