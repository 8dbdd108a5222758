import { finalize, type Next } from '../../core/next.ts'
import { escapeArgs, unescapeRedirect } from '../../core/request/escape-uri.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { sendText } from '../../core/response/return-text.ts'
import { setLocation } from '../../core/response/set-location.ts'
import type { Location } from '../../core/site-config.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { Condition, Instruction, RewriteInstruction } from './instruction.ts'

/** How far the instructions came: on to the next one, to their end, or to an answer. */
type Outcome = 'next' | 'end' | { readonly step: Next }

/** The engine's own state: captures are escaped in `set` and `if` until a `rewrite` has matched (`e->quote`). */
interface Engine {
  quote: boolean
}

/** Runs a block's rewrite instructions (ngx_http_rewrite_handler). Null where the request goes on. */
export function runRewrites(state: RequestState, instructions: readonly Instruction[]): Next | null {
  if (instructions.length === 0) return null
  const outcome = run(state, instructions, { quote: true })
  return typeof outcome === 'object' ? outcome.step : null
}

function run(state: RequestState, instructions: readonly Instruction[], engine: Engine): Outcome {
  for (const instruction of instructions) {
    const outcome = runOne(state, instruction, engine)
    if (outcome !== 'next') return outcome
  }
  return 'next'
}

function runOne(state: RequestState, instruction: Instruction, engine: Engine): Outcome {
  switch (instruction.kind) {
    case 'rewrite':
      return rewrite(state, instruction, engine)
    case 'return':
      state.rule = instruction.rule
      state.because({ kind: 'returned', line: instruction.rule.text }, instruction.rule.span)
      return { step: sendText(state, instruction.status, instruction.text) }
    case 'set': {
      const value = evaluate(instruction.value, state, captureEscape(state, engine))
      if (instruction.target.kind === 'slot') {
        state.setVariable(instruction.target.slot, value)
        state.setBy.set(instruction.target.slot, instruction.rule)
      } else {
        state.args = value
        state.validUnparsedUri = false
        state.targetRule = instruction.rule
        state.because({ kind: 'arguments-set', value }, instruction.rule.span)
      }
      return 'next'
    }
    case 'break':
      if (state.uriChanged) {
        state.validLocation = false
        state.uriChanged = false
      }
      return 'end'
    case 'if':
      if (!holds(state, instruction.condition, engine)) return 'next'
      if (instruction.location !== null) enterIf(state, instruction.location)
      state.because({ kind: 'if-holds', line: instruction.rule.text }, instruction.rule.span)
      return run(state, instruction.body, engine)
  }
}

/** What an `if` with a `proxy_pass` began, a later one of the same location does not end: it proxies too, to nowhere. */
function enterIf(state: RequestState, location: Location): void {
  state.location = location
  state.proxies ||= location.pass !== null
}

/** Captures are escaped only where the URI had escapes or a plus to begin with. */
function captureEscape(state: RequestState, { quote }: Engine): ((capture: string) => string) | undefined {
  return quote && (state.quotedUri || state.plusInUri) ? (capture) => escapeArgs(capture, state.site.rules) : undefined
}

function holds(state: RequestState, condition: Condition, engine: Engine): boolean {
  if (condition.kind === 'file') return isThere(state, condition)
  const value = state.variable(condition.slot) ?? ''
  switch (condition.kind) {
    case 'truthy':
      return value !== '' && value !== '0'
    case 'equal':
      return (value === evaluate(condition.value, state, captureEscape(state, engine))) !== condition.negated
    case 'matches': {
      const matched = state.matches(condition.regex, value)
      if (!matched) state.forgetCaptures()
      return matched !== condition.negated
    }
  }
}

/** ngx_http_script_file_code. A path that is not absolute is looked for where nginx runs, and there is nothing. */
function isThere(state: RequestState, { wanted, path, negated, rule }: Extract<Condition, { kind: 'file' }>): boolean {
  const { file } = state.site
  if (file === null) return refuseRequest(rule, `${rule.text} asks for a file, and none are known`)
  const text = evaluate(path, state)
  const entry = text.startsWith('/') ? file(text) : null
  if (entry === null) return negated
  if (wanted !== 'executable') return (wanted === 'any' || wanted === entry.kind) !== negated
  const { isExecutable } = entry
  if (isExecutable === undefined) return refuseRequest(rule, `${rule.text} asks who may execute a file: not modelled`)
  return isExecutable !== negated
}

function rewrite(state: RequestState, instruction: RewriteInstruction, engine: Engine): Outcome {
  const { rule, regex, redirect } = instruction
  const { uri: before, args: argsBefore } = state
  if (!state.matches(regex, before)) {
    state.forgetCaptures()
    return 'next'
  }
  state.rule = rule
  state.internal = true
  state.validUnparsedUri = false
  if (instruction.isBreak) {
    state.validLocation = false
    state.uriChanged = false
  } else {
    state.uriChanged = true
  }
  engine.quote = false
  if (redirect !== null) return redirectTo(state, instruction, redirect)

  const escaping = captureEscape(state, { quote: true })
  const uri = evaluate(instruction.path, state)
  if (instruction.args !== null) {
    const args = evaluate(instruction.args, state, escaping)
    state.args = instruction.addArgs && state.args !== '' ? `${args}&${state.args}` : args
  } else if (!instruction.addArgs) {
    state.args = ''
  }
  if (uri === '') {
    state.because({ kind: 'rewritten-to-nothing' }, rule.span)
    return { step: finalize(500) }
  }
  state.uri = uri
  if (uri !== before || state.args !== argsBefore) state.targetRule = rule
  state.because({ kind: 'rewritten', pattern: regex.pattern, before, uri }, rule.span)
  return instruction.ends ? 'end' : 'next'
}

function redirectTo(state: RequestState, instruction: RewriteInstruction, status: number): Outcome {
  const escaping = captureEscape(state, { quote: true })
  const { rule, path, hasArgs, addArgs } = instruction
  const target = unescapeRedirect(evaluate(path, state, escaping))
  const location = addArgs && state.args !== '' ? `${target}${hasArgs ? '&' : '?'}${state.args}` : target
  state.because(
    { kind: 'rewrite-redirect', pattern: instruction.regex.pattern, before: state.uri, location },
    rule.span,
  )
  setLocation(state, location)
  return { step: finalize(status) }
}
