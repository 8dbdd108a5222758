import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'
import { wireText } from '../../syntax/wire.ts'

/** What the module adds to answers. */
interface HeadersSettings {
  /** Null where `expires` is off. */
  readonly expires: Expires | null
  readonly addHeaders: readonly AddHeader[] | null
  /** `add_header` lines of the levels around that this level does not inherit, since it has one of its own. */
  readonly lostHeaders: readonly LostHeader[]
}

/** `expires`: when an answer goes stale, as a word, a time from now or from the file's last change, or of the day. */
export interface Expires {
  readonly rule: Rule
  readonly fromModified: boolean
  readonly value: Template
}

/** `add_header`. */
interface AddHeader {
  readonly name: string
  readonly value: Template
  readonly always: boolean
  readonly rule: Rule
  /** Whether it takes the place of the answer's own, and takes it away where its value is empty. */
  readonly replaces: boolean
}

/** An `add_header` that is not inherited. */
interface LostHeader {
  readonly name: string
  readonly rule: Rule
  /** The first `add_header` of the level that does not inherit it. */
  readonly by: Rule
}

export const headersSettings = new ModuleSettings<HeadersSettings>(
  { expires: null, addHeaders: null, lostHeaders: [] },
  (block, around, scope) => ({
    expires: compileExpires(block, around.expires, scope),
    ...compileAddHeaders(block, around, scope),
  }),
)

function compileExpires(block: Block, around: Expires | null, scope: CompileScope): Expires | null {
  const directive = block.one('expires')
  const [first, second] = directive?.args ?? []
  if (directive === undefined || first === undefined) return around
  const value = second ?? first
  if (second === undefined && first.text === 'off') return null
  return { rule: ruleOf(directive), fromModified: second !== undefined, value: scope.template(value) }
}

/** Headers that nginx does not just add: it sets them, or takes them away (ngx_http_set_headers). */
const SET_HEADERS = /^(?:last-modified|etag)$/i

/** `add_header NAME VALUE [always]`. */
function compileAddHeaders(
  block: Block,
  { addHeaders: outer, lostHeaders }: HeadersSettings,
  scope: CompileScope,
): Pick<HeadersSettings, 'addHeaders' | 'lostHeaders'> {
  const directives = block.all('add_header')
  const [first] = directives
  if (first === undefined) return { addHeaders: outer, lostHeaders }
  const headers: AddHeader[] = []
  for (const directive of directives) {
    const [name, value, always] = directive.args
    if (name === undefined || value === undefined) continue
    if (always !== undefined && always.text !== 'always') scope.error(always.span, `invalid parameter "${always.text}"`)
    headers.push({
      name: wireText(name.text),
      value: scope.template(value),
      always: always !== undefined,
      rule: ruleOf(directive),
      replaces: SET_HEADERS.test(name.text),
    })
  }
  const lost = (outer ?? []).map(({ name, rule }) => ({ name, rule, by: ruleOf(first) }))
  return { addHeaders: headers, lostHeaders: [...lostHeaders, ...lost] }
}
