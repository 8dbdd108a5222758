import { HOST_NOT_FOUND_HINT } from '../../chain/host-not-found.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/span.ts'
import type { Rule } from '../../trace/trace.ts'
import { compileRegex, type Regex, refusedRegex } from '../pattern/regex.ts'
import { KeptByNginx, type RefusedDirective, type SiteWorld } from '../site.ts'
import type { Block } from '../syntax/block.ts'
import type { Directive, SiteFile, Word } from '../syntax/syntax.ts'
import { wireText } from '../syntax/wire.ts'
import type { VersionRules } from '../versions.ts'
import { defaultSizes, type HashSizes } from './directives/check-hashes.ts'
import type { DirectiveTable } from './directives/table.ts'
import type { RequestState, Variable } from './request/request-state.ts'
import type { Settings } from './settings.ts'
import type { Location, Modifier, Pass } from './site-config.ts'
import type { ProxySettings } from './upstreams/proxy-settings.ts'
import { UpstreamRegistry } from './upstreams/upstream-registry.ts'
import { constantTemplate, type Part, type Template } from './variables/template.ts'
import { isChangeable, isUnmodelledBuiltin } from './variables/unmodelled-variables.ts'
import { Variables } from './variables/variables.ts'

/** What a module makes of a site file. */
export interface CompilingModule {
  /** Takes what `http { }` defines before its servers count: upstreams, maps, zones. */
  readonly define?: (http: Block, scope: CompileScope) => void
  /** Directives that the model leaves aside, and whose words nginx looks at. */
  readonly look?: Readonly<Record<string, (directive: Directive, scope: CompileScope) => void>>
  /** The module's own variables by their names, each read once a request. */
  readonly variables?: Readonly<Record<string, (state: RequestState) => string | null>>
  /** Those that are read again for every value they stand in. */
  readonly variablesReadAgain?: Readonly<Record<string, (state: RequestState) => string | null>>
  /** Settings that blocks inherit. */
  readonly settings?: { inherit(settings: Settings, block: Block, around: Settings, scope: CompileScope): void }
  /** Settings of upstreams, which the core keeps. `replaced` is what a `proxy_pass` with a URI replaces. */
  readonly proxy?: {
    defaults(scope: CompileScope): ProxySettings
    compile(block: Block, around: ProxySettings, replaced: string, scope: CompileScope): ProxySettings
  }
  /** Keeps what belongs to a location, or to a server's root, beside its settings. */
  readonly location?: (location: Location, block: Block, isServer: boolean, scope: CompileScope) => void
  /** Where a block sends requests to; undefined where it does not say, null where it says it wrong. */
  readonly pass?: (block: Block, name: string, modifier: Modifier, scope: CompileScope) => Pass | null | undefined
}

/** The variables of all modules. */
function variablesOf(modules: readonly CompilingModule[]): ReadonlyMap<string, Variable> {
  const of = (table: CompilingModule['variables'], cacheable: boolean): [string, Variable][] =>
    Object.entries(table ?? {}).map(([name, get]) => [name, { name, get, cacheable }])
  return new Map(modules.flatMap((one) => [...of(one.variables, true), ...of(one.variablesReadAgain, false)]))
}

/** What compiling a site file fills in: variables, upstreams, and everything that is wrong or refused. */
export class CompileScope {
  readonly world: SiteWorld
  readonly modules: readonly CompilingModule[]
  readonly directives: DirectiveTable
  readonly rules: VersionRules
  readonly variables: Variables
  readonly upstreams = new UpstreamRegistry()
  /** What nginx keeps over a reload. */
  readonly kept: KeptByNginx
  /** Sizes of the table of server names. */
  serverNames: HashSizes = defaultSizes(512)
  readonly diagnostics: Diagnostic[] = []
  readonly refused: RefusedDirective[] = []
  readonly #file: SiteFile
  /** Values that stand in many places are compiled once. */
  readonly #templates = new Map<string, Template>()
  readonly #checks: (() => void)[] = []

  /**
   * @param modules in the order of the table
   * @param directives every directive that nginx knows
   */
  constructor(file: SiteFile, world: SiteWorld, modules: readonly CompilingModule[], directives: DirectiveTable) {
    this.modules = modules
    this.directives = directives
    this.#file = file
    this.rules = file.rules
    this.variables = new Variables(file.rules, variablesOf(modules))
    this.world = world
    this.kept = world.kept ?? new KeptByNginx()
  }

  /** A mistake that `nginx -t` would stop at, in its words. */
  error(span: Span, message: string, hint?: string): void {
    this.#diagnose('error', span, message, hint)
  }

  /** A name in the file that the host of nginx does not find. @param where in nginx's words: `upstream "api"` */
  hostNotFound(span: Span, where: string): void {
    this.#diagnose('error', span, `host not found in ${where}`, HOST_NOT_FOUND_HINT)
  }

  /** What nothing in the files defines. A site may be right, for nginx.conf may define it; a whole nginx.conf is wrong. */
  definedElsewhere(span: Span, message: string): void {
    if (this.#file.main !== null) this.error(span, message)
  }

  /** What `nginx -t` warns of. */
  warn(span: Span, message: string): void {
    this.#diagnose('warning', span, message)
  }

  /** Something that nginx would take and the model does not know well enough. */
  refuse(name: string, span: Span, because: string): void {
    this.refused.push({ name, span, because })
  }

  /** Compiles a value with variables (ngx_http_script_compile). A name that nothing defines is told at the end. */
  template(word: Word): Template {
    return this.templateOf(wireText(word.text), word.span)
  }

  templateOf(source: string, span: Span): Template {
    const known = this.#templates.get(source)
    if (known !== undefined) return known
    const problems = this.diagnostics.length + this.refused.length
    const template = source.includes('$') ? this.#compileTemplate(source, span) : constantTemplate(source)
    // One that is wrong or may be refused is reported wherever it stands.
    const mayBeRefused = template.parts.some(
      (part) => part.kind === 'variable' && this.variables.mayBeRefused(part.slot),
    )
    if (!mayBeRefused && this.diagnostics.length + this.refused.length === problems)
      this.#templates.set(source, template)
    return template
  }

  #compileTemplate(source: string, span: Span): Template {
    const parts: Part[] = []
    const piece = /\$(?:([1-9])|\{([A-Za-z0-9_]*)\}|([A-Za-z0-9_]+)|(.?))|[^$]+/gs
    for (const [text, group, braced, plain, wrong] of source.matchAll(piece)) {
      const name = braced ?? plain
      if (group !== undefined) parts.push({ kind: 'capture', group: Number(group) })
      else if (name !== undefined && name !== '') parts.push({ kind: 'variable', slot: this.variable(name, span) })
      else if (wrong === undefined && name === undefined) parts.push({ kind: 'text', text })
      else
        this.error(
          span,
          wrong === '{'
            ? `the closing bracket in "${source.slice(source.lastIndexOf('${') + 2)}" variable is missing`
            : 'invalid variable name',
        )
    }
    return { source, text: null, parts }
  }

  /** The slot of a variable used at `span`. A request that reads one which nginx knows and the model does not is refused. */
  variable(name: string, span: Span): number {
    return this.variables.use(name, span)
  }

  /** Compiles a regular expression; null where it is wrong, which is noted. Its named groups become variables. */
  regex(pattern: string, caseless: boolean, span: Span): Regex | null {
    const result = compileRegex(wireText(pattern), caseless, this.rules.patternsByPcre2)
    if (result.kind === 'invalid') this.error(span, result.because)
    if (result.kind === 'invalid') return null
    const regex =
      result.kind === 'ok'
        ? result.regex
        : refusedRegex(wireText(pattern), caseless, { text: pattern, span }, result.because)
    for (const { name } of regex.names) this.#declareGroup(name, span)
    return regex
  }

  /** A named group fills a variable; nginx's own ones it may not, and what it does to those that may change is not known here. */
  #declareGroup(name: string, span: Span): void {
    if (!this.#isFree(name, span)) return
    if (isChangeable(name.toLowerCase())) this.refuse(`$${name}`, span, `a group named ${name} is not modelled`)
    this.variables.declare(name, span)
  }

  /** The slot of a variable that `set` fills; null where nginx does not let it be changed. */
  settable(name: string, span: Span): number | null {
    return this.#isFree(name, span) ? this.variables.declare(name, span) : null
  }

  /** Whether a `map` or `geo` may define this variable; where not, it says so. */
  definesOwn(name: string, span: Span): boolean {
    if (name === '') {
      this.error(span, 'invalid variable name "$"')
      return false
    }
    if (!this.#isFree(name, span)) return false
    if (name.toLowerCase() !== 'args') return true
    this.refuse(`$${name}`, span, `a value of one's own for $${name} is not modelled`)
    return false
  }

  /** Whether a site file may define a variable of that name (ngx_http_add_variable). */
  #isFree(name: string, span: Span): boolean {
    const key = name.toLowerCase()
    const isTaken = this.variables.isNginxs(key) || isUnmodelledBuiltin(key)
    if (!isTaken || isChangeable(key)) return true
    this.error(span, `the duplicate "${name}" variable`)
    return false
  }

  /** Runs a check when every variable of the file is known. */
  afterVariables(check: () => void): void {
    this.#checks.push(check)
  }

  /** Tells of every variable that nothing defines, and runs the checks that waited for them. */
  checkVariables(): void {
    for (const check of this.#checks) check()
    for (const { name, span } of this.variables.unknown()) this.error(span, `unknown "${name}" variable`)
  }

  #diagnose(severity: Diagnostic['severity'], span: Span, message: string, hint?: string): void {
    const source = this.#file.sources.get(span.file)
    this.diagnostics.push({
      code: severity === 'error' ? 'E_NGINX_CONFIG' : 'W_NGINX_CONFIG',
      severity,
      message,
      span,
      ...(hint === undefined ? {} : { hint }),
      ...(source !== undefined && { source }),
    })
  }
}

/** A directive as people read it, with its place. */
export function ruleOf({ name, args, span }: Directive): Rule {
  return { text: [name, ...args].map(({ text, quoted }) => (quoted ? `"${text}"` : text)).join(' '), span }
}
