import { checkShape } from '../diagnostics/check-shape.ts'
import type { Place } from '../diagnostics/place.ts'
import { didYouMean, suggest } from '../diagnostics/suggest.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { CHANGES, type ChangeAction } from './build-change.ts'
import { buildExchange, buildWebSocket } from './build-expectations.ts'
import { buildCaptures, buildRequest, buildRequestLine, buildWebSocketLine } from './build-request.ts'
import { CODES } from './codes.ts'
import type { Step, StepAction } from './scenario.ts'
import { type Action, STEPS, type WrittenExchangeExpect, type WrittenStep } from './schema.ts'
import { expected, type StepContext, textOf } from './step-context.ts'
import { stepTitle } from './step-title.ts'

type PlainMap = { readonly [key: string]: PlainValue }
type Reader = (step: PlainMap, place: Place, context: StepContext) => StepAction | null
type Build<Name extends Action> = (written: WrittenStep<Name>, place: Place, context: StepContext) => StepAction

/** How a step is read, by its action. */
const READERS: Readonly<Record<Action, Reader>> = {
  request: reader('request', buildRequestStep),
  websocket: reader('websocket', buildWebSocketStep),
  health: reader('health', buildHealthStep),
  drift: reader('drift', buildDriftStep),
  recreate: change('recreate'),
  delete: change('delete'),
  stop: change('stop'),
  start: change('start'),
  scale: change('scale'),
  fault: change('fault'),
  edit: change('edit'),
  restart: refusable('restart'),
  reload: refusable('reload'),
  repin: refusable('repin'),
}

const ACTIONS = Object.keys(STEPS)
/** Keys of steps that are no action. */
const OTHER_KEYS = [
  'via',
  'from',
  'proxyProtocol',
  'target',
  'httpVersion',
  'host',
  'headers',
  'body',
  'json',
  'send',
  'expect',
  'capture',
]

/** Builds one step of a file, its placeholders already filled in; null where it has no single action or the wrong shape. */
export function buildStep(value: PlainValue, place: Place, context: StepContext): Step | null {
  if (!isPlainMap(value)) {
    context.report(
      place,
      'E_SCENARIO_STEP',
      'a step is a mapping with one action, such as `request: GET /api/v1/processes`',
    )
    return null
  }
  const action = findAction(value, place, context)
  if (action === null) return null
  const built = READERS[action](value, place, context)
  if (built === null) return null
  const title = stepTitle(action, value[action], value.via)
  return { span: place.at(action).keySpan, title, ...built }
}

function findAction(step: PlainMap, place: Place, { problems }: StepContext): Action | null {
  const [action, second] = Object.keys(step).filter(isAction)
  if (action !== undefined && second === undefined) return action
  if (action !== undefined && second !== undefined) {
    const message = `a step has one action; this one has ${action} and ${second}`
    problems.add(place.source, place.at(second).keySpan, 'E_SCENARIO_STEP', message, 'Begin a new step with "- ".')
    return null
  }
  const unknown = Object.keys(step).filter((key) => !OTHER_KEYS.includes(key))
  const word = unknown.find((key) => suggest(key, ACTIONS) !== undefined) ?? unknown[0]
  const message = word === undefined ? 'this step has no action' : `unknown step "${word}"${didYouMean(word, ACTIONS)}`
  const span = word === undefined ? place.span : place.at(word).keySpan
  problems.add(place.source, span, 'E_SCENARIO_STEP', message)
  return null
}

function reader<Name extends Action>(name: Name, build: Build<Name>): Reader {
  return (step, place, context) => {
    const written = checkShape(STEPS[name], step, place, CODES, context.problems)
    if (written !== null) return build(written.value, place, context)
    checkEntry(step, place, context)
    return null
  }
}

/** Of a step with the wrong shape, what can still be said about where its request goes. */
function checkEntry({ request, websocket, via }: PlainMap, place: Place, context: StepContext): void {
  if (typeof request === 'string') buildRequestLine(request, place.at('request'), context)
  if (typeof websocket === 'string') buildWebSocketLine(websocket, place.at('websocket'), context)
  if (typeof via === 'string') context.entry(via, place.at('via'))
}

function change<Name extends ChangeAction>(name: Name): Reader {
  return reader(name, (written, place, context) => ({
    kind: 'change',
    change: CHANGES[name](written, place.at(name), context),
    refused: null,
  }))
}

/** A change that a program may refuse. */
function refusable<Name extends 'restart' | 'reload' | 'repin'>(name: Name): Reader {
  return reader(name, (written, place, context) => ({
    kind: 'change',
    change: CHANGES[name](written, place.at(name), context),
    refused: written.expect === undefined ? null : expected(written.expect.refused, place.at('expect', 'refused')),
  }))
}

function buildRequestStep(written: WrittenStep<'request'>, place: Place, context: StepContext): StepAction {
  const line = buildRequestLine(written.request, place.at('request'), context)
  return {
    kind: 'request',
    request: buildRequest(line, written, place, context),
    expect: buildExchange(checkExpects('request', written, place, context), place.at('expect'), context),
    capture: buildCaptures(written.capture, place.at('capture'), context),
  }
}

function buildWebSocketStep(written: WrittenStep<'websocket'>, place: Place, context: StepContext): StepAction {
  const line = buildWebSocketLine(written.websocket, place.at('websocket'), context)
  const send = place.at('send')
  const messages = (written.send ?? []).map((text, index) => textOf(text, send.at(index)))
  const expect = buildWebSocket(checkExpects('websocket', written, place, context), place.at('expect'), context)
  return { kind: 'websocket', request: buildRequest(line, written, place, context), messages, expect }
}

/** Nginx has no health page of its own here: through it one asks the gateway's. */
function buildHealthStep(written: WrittenStep<'health'>, place: Place, context: StepContext): StepAction {
  const via = context.entry(written.health, place.at('health'))
  const url = via === 'nginx' ? '/api/health' : '/health'
  const request = {
    via,
    from: null,
    proxied: null,
    method: 'GET',
    url,
    target: null,
    httpVersion: '1.1' as const,
    headers: [],
    body: '',
  }
  return {
    kind: 'health',
    request,
    expect: buildExchange(checkExpects('health', written, place, context), place.at('expect'), context),
  }
}

function buildDriftStep({ drift }: WrittenStep<'drift'>, place: Place, context: StepContext): StepAction {
  const at = place.at('drift', 'expect', 'stale')
  const stale = drift.expect.stale.map((name, index) => context.expectedService(name, at.at(index)))
  return { kind: 'drift', expect: { stale: expected(stale, at) } }
}

/** What a step expects; a step that expects nothing tests nothing, and is a problem. */
function checkExpects<Expect extends WrittenExchangeExpect>(
  action: Action,
  { expect }: { readonly expect?: Expect | undefined },
  place: Place,
  { problems }: StepContext,
): Expect | WrittenExchangeExpect {
  const { headers = {}, trailers = {}, ...others } = expect ?? {}
  const lines = Object.keys(headers).length + Object.keys(trailers).length
  const expectsNothing = lines + Object.keys(others).length === 0
  if (expectsNothing) {
    const span = place.at(expect === undefined ? action : 'expect').keySpan
    problems.add(
      place.source,
      span,
      'E_EXPECTS_NOTHING',
      `this ${action} step expects nothing`,
      'Add an expectation: expect: {status: 200}',
    )
  }
  return expect ?? {}
}

function isAction(key: string): key is Action {
  return Object.hasOwn(STEPS, key)
}
