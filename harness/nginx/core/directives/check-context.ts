import type { Diagnostic } from '../../../diagnostics/diagnostic.ts'
import type { Source } from '../../../diagnostics/source.ts'
import type { Span } from '../../../diagnostics/span.ts'
import { suggest } from '../../../diagnostics/suggest.ts'
import type { AcceptedDirective, RefusedDirective } from '../../site.ts'
import { MAX_PROBLEMS } from '../../syntax/lexer.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { hasDirective, isAllowedIn, knownIn, type VersionRules } from '../../versions.ts'
import { checkArguments } from './check-arguments.ts'
import { checkBuffers } from './check-buffers.ts'
import { checkEntries } from './check-entries.ts'
import { checkHashes } from './check-hashes.ts'
import { checkValues } from './check-values.ts'
import { refusal } from './refuse.ts'
import type { Context, DirectiveRule, Takes } from './rule.ts'
import type { DirectiveTable } from './table.ts'
import { thirdParty, thirdPartyRefusal } from './third-party.ts'

/** What a walk through the directives finds. */
export interface Findings {
  readonly diagnostics: Diagnostic[]
  readonly accepted: AcceptedDirective[]
  readonly refused: RefusedDirective[]
  /** Refused when a request comes to them; others are answered. */
  readonly refusedForSome: RefusedDirective[]
}

/**
 * Holds directives against the table of directives: known, allowed here, with block or without, as many arguments as
 * they take, of their kind, once only (`ngx_conf_handler` and the slot functions), in nginx's words.
 * @param sources every file that the directives stand in, by its name
 * @param table every directive that nginx knows
 * @param context where they stand: `http` for a site file, `main` for a whole nginx.conf
 */
export function checkContext(
  directives: readonly Directive[],
  sources: ReadonlyMap<string, Source>,
  context: 'main' | 'http',
  rules: VersionRules,
  table: DirectiveTable,
): Findings {
  const findings: Findings = { diagnostics: [], accepted: [], refused: [], refusedForSome: [] }
  const check = new ContextCheck(sources, findings, rules, table, context === 'main' && loadsModules(directives))
  check.block(directives, context)
  if (findings.diagnostics.length > 0) return findings
  if (context === 'http') check.buffers(directives)
  else for (const { name, block } of directives) if (name.text === 'http') check.buffers(block ?? [])
  return findings
}

class ContextCheck {
  readonly #sources: ReadonlyMap<string, Source>
  readonly #findings: Findings
  readonly #loadsModules: boolean
  readonly #table: DirectiveTable
  readonly #rules: VersionRules

  constructor(
    sources: ReadonlyMap<string, Source>,
    findings: Findings,
    rules: VersionRules,
    table: DirectiveTable,
    loadsModules: boolean,
  ) {
    this.#table = table
    this.#rules = rules
    this.#sources = sources
    this.#findings = findings
    this.#loadsModules = loadsModules
  }

  block(directives: readonly Directive[], context: Context): void {
    const seen = new Map<string, Directive>()
    for (const directive of directives) {
      if (this.#findings.diagnostics.length >= MAX_PROBLEMS) return
      const rule = this.#allowed(directive, context)
      if (rule === null) continue
      this.#once(directive, rule, seen)
      this.#values(directive, rule)
      this.#support(directive, rule)
      this.#inside(directive, context)
    }
  }

  /** nginx compares settings with each other, and builds its tables, when it has read them all. */
  buffers(directives: readonly Directive[]): void {
    for (const { directive, message } of checkBuffers(directives))
      this.#error('E_NGINX_BUFFERS', message, directive.span)
    for (const { message, span, hint } of checkHashes(directives)) this.#error('E_NGINX_HASH', message, span, hint)
  }

  /** The rule that the directive keeps; null where it breaks one, and what it holds says nothing then. */
  #allowed({ name, args, block, span }: Directive, context: Context): DirectiveRule | null {
    if (name.text === '{' && !name.quoted) return null
    const rules = this.#table.rulesOf(name.text)
    if (rules === undefined) return this.#unknown(name.text, context, name.span)
    const { version } = this.#rules
    if (!hasDirective(version, name.text)) {
      const hint = `${knownIn(name.text)}; this is ${version}.`
      return this.#error('E_NGINX_UNKNOWN_DIRECTIVE', `unknown directive "${name.text}"`, name.span, hint)
    }

    const rule = this.#table.ruleIn(name.text, context)
    if (rule === undefined || !isAllowedIn(version, name.text, context)) {
      const places = [...new Set(rules.flatMap(({ contexts }) => contexts))].filter((place) =>
        isAllowedIn(version, name.text, place),
      )
      const hint =
        context === 'http' && places.every((place) => place === 'main')
          ? OF_MAIN
          : `It belongs in: ${places.join(', ')}.`
      return this.#error('E_NGINX_CONTEXT', `"${name.text}" directive is not allowed here`, name.span, hint)
    }
    if (rule.args.block && block === null) {
      return this.#error('E_NGINX_NO_BLOCK', `directive "${name.text}" has no opening "{"`, span)
    }
    if (!rule.args.block && block !== null) {
      return this.#error('E_NGINX_NOT_TERMINATED', `directive "${name.text}" is not terminated by ";"`, span)
    }
    if (args.length < rule.args.min || args.length > rule.args.max) {
      const message = `invalid number of arguments in "${name.text}" directive`
      return this.#error('E_NGINX_ARGUMENTS', message, span, argumentsHint({ name, args, block, span }, rule))
    }
    return rule
  }

  #unknown(name: string, context: Context, span: Span): null {
    const ofOthers = thirdParty(name)
    if (ofOthers !== null) {
      const { refused, refusedForSome } = this.#findings
      const found = { name, span, because: thirdPartyRefusal(name, ofOthers) }
      ;(ofOthers.touches === 'site' ? refused : refusedForSome).push(found)
      return null
    }
    const near = suggest(name, this.#table.namesIn(context)) ?? suggest(name, this.#table.names)
    if (this.#loadsModules && near === undefined) {
      const because = 'nobody here knows it; a module that load_module loads may'
      this.#findings.refused.push({ name, span, because })
      return null
    }
    const hint = name.startsWith('\uFEFF')
      ? 'The file starts with a byte order mark, which nginx takes for a part of the name. Save it without.'
      : near && `Did you mean "${near}"?`
    return this.#error('E_NGINX_UNKNOWN_DIRECTIVE', `unknown directive "${name}"`, span, hint)
  }

  #once(directive: Directive, rule: DirectiveRule, seen: Map<string, Directive>): void {
    const once = onceOnly(directive, rule)
    if (once === null) return
    const first = seen.get(once.key)
    if (first === undefined) seen.set(once.key, directive)
    else
      this.#error(
        'E_NGINX_DUPLICATE',
        once.message(first),
        directive.name.span,
        `The first one is on line ${first.span.line}.`,
      )
  }

  #values(directive: Directive, rule: DirectiveRule): void {
    const problem =
      checkValues(directive, wordsOf(directive, rule.args, this.#rules)) ?? checkArguments(directive, this.#rules)
    if (problem !== null) this.#error('E_NGINX_VALUE', problem.message, problem.word.span, problem.hint)
  }

  #support({ name, args, span }: Directive, rule: DirectiveRule): void {
    const because = refusal(name.text, rule, args)
    const touchesSome = rule.support === 'refused' && rule.touches !== 'site'
    const { refused, refusedForSome } = this.#findings
    if (because !== null) (touchesSome ? refusedForSome : refused).push({ name: name.text, span, because })
    else if (rule.support !== 'modelled') this.#findings.accepted.push({ name: name.text, span })
  }

  #inside({ name, block }: Directive, context: Context): void {
    if (block === null || OTHER_PROTOCOLS.includes(name.text)) return
    const inner = contextInside(name.text, context)
    if (inner !== null) this.block(block, inner)
    else
      for (const { message, word } of checkEntries(name.text, block, this.#rules))
        this.#error('E_NGINX_ENTRY', message, word.span)
  }

  #error(code: string, message: string, span: Span, hint?: string): null {
    const source = this.#sources.get(span.file)
    this.#findings.diagnostics.push({
      code,
      severity: 'error',
      message,
      span,
      ...(hint !== undefined && { hint }),
      ...(source !== undefined && { source }),
    })
    return null
  }
}

/** The words of an `enum` that the version knows. */
function wordsOf({ name }: Directive, takes: Takes, rules: VersionRules): Takes {
  if (name.text !== 'proxy_http_version' || rules.proxyHttp2) return takes
  return { ...takes, words: takes.words?.filter((word) => word !== '2') ?? [] }
}

/** What a directive may be in a block only once, and what nginx says of a second one; null where it may repeat. */
function onceOnly({ name: { text }, args }: Directive, { args: takes }: DirectiveRule) {
  if (text === 'root' || text === 'alias') {
    const message = ({ name: first }: Directive) =>
      first.text === text
        ? `"${text}" directive is duplicate`
        : `"${text}" directive is duplicate, "${first.text}" directive was specified earlier`
    return { key: 'root', message }
  }
  if (takes.block && (text === 'http' || text === 'events' || text === 'stream' || text === 'mail')) {
    return { key: text, message: () => `"${text}" directive is duplicate` }
  }
  if (text === 'log_format') {
    const format = args[0]?.text ?? ''
    return { key: `log_format ${format}`, message: () => `duplicate "log_format" name "${format}"` }
  }
  return takes.unique ? { key: text, message: () => `"${text}" directive is duplicate` } : null
}

/** A site file that holds it was taken from a whole nginx.conf, or includes one. */
const OF_MAIN =
  'It belongs in: main. A whole nginx.conf may be given as it is: with its http { } and events { }. A site file is read inside of http { }.'

/** Blocks at the top of a whole nginx.conf that this is not about. */
const OTHER_PROTOCOLS: readonly string[] = ['stream', 'mail']

function loadsModules(main: readonly Directive[]): boolean {
  return main.some(({ name }) => name.text === 'load_module')
}

/** The context that a block opens; null for the blocks whose lines are no directives of http (map, types, geo, stream…). */
function contextInside(name: string, context: Context): Context | null {
  if (name === 'if') return context === 'server' ? 'if in server' : 'if in location'
  if (name === 'http' || name === 'events') return name
  if (name === 'server' || name === 'location' || name === 'upstream' || name === 'limit_except') return name
  return null
}

/** Words on several lines mean, nearly always, that the `;` of the first line is missing. */
function argumentsHint({ name, args }: Directive, { args: takes }: DirectiveRule): string {
  const last = args.findLast(({ span }) => span.line === name.span.line)
  if (args.some(({ span }) => span.line > name.span.line)) {
    return `Is a ";" missing behind "${(last ?? name).text}" on line ${name.span.line}?`
  }
  if (takes.min === takes.max) return `It takes ${takes.min === 0 ? 'none' : takes.min}.`
  return takes.max === Number.POSITIVE_INFINITY
    ? `It takes ${takes.min} or more.`
    : `It takes ${takes.min} to ${takes.max}.`
}
