import { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { compileSettings } from '../compile-settings.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { LimitExcept, Location } from '../site-config.ts'
import { compilePass } from './compile-pass.ts'
import { NO_LOCATION } from './in-location.ts'

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
  const location: Location = {
    ...around,
    rule: ruleOf(directive),
    settings: compileSettings(block, around.settings, NO_LOCATION, scope),
    tryFiles: null,
    pass: compilePass(block, around.name, '@', around.pass, scope),
  }
  return { methods, location }
}
