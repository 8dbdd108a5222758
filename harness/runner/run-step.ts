import { type Chain, GATEWAY_SERVICE } from '../chain/chain.ts'
import { type ClientRequest, type Listener, listenerText, PORT_80 } from '../chain/client-request.ts'
import { curlLine } from '../curl/curl-line.ts'
import { type Blame, type BlameContext, type ChangedBefore, findBlame } from '../diagnose/blame.ts'
import { findDrift } from '../diagnose/drift.ts'
import { EnvironmentError, RefusedConfigError, UnsupportedError, type World } from '../environments/environment.ts'
import type { DriftExpectation, ExchangeExpectation, Expected, Step, StepRequest } from '../scenario/scenario.ts'
import { secretsOf } from '../secrets/mask.ts'
import { exchangeAt, requestsCarriedByForm } from '../trace/reading.ts'
import type { Trace } from '../trace/trace.ts'
import { type Captures, takeCaptures } from './capture.ts'
import { clientRequest } from './client-request.ts'
import { fillChange, fillExpectation, fillMessages, fillRequest } from './fill.ts'
import { judge, judgeBlame, judgeList } from './judge.ts'
import { problemOf } from './problem.ts'
import { repeatable } from './repeatable.ts'
import type { Check, Problem, StepResult } from './result.ts'
import { says } from './verdict.ts'

/** What the steps of one run share. */
export interface StepContext {
  readonly chain: Chain
  readonly world: World
  readonly captures: Captures
  /** Values that the scenario makes secret; what this step captures so is added. */
  readonly secrets: Set<string>
  /** The steps so far that changed the world, for blame; this step adds itself. */
  readonly changes: ChangedBefore[]
  /** What an environment that broke had to say, by file name. */
  readonly evidence: Map<string, string>
}

/** What came of a step's action, before it is a result. */
interface Finding {
  readonly checks: readonly Check[]
  readonly trace: Trace | null
  readonly messages?: readonly string[]
  readonly blame: Blame | null
  /** What was sent; null where the step sends nothing. */
  readonly request: ClientRequest | null
  readonly refusal?: Problem | null
}

type ChangeStep = Extract<Step, { readonly kind: 'change' }>

/** Runs one step. It never throws: whatever an environment throws is the step's problem. */
export async function runStep(step: Step, context: StepContext): Promise<StepResult> {
  const startedMs = performance.now()
  try {
    const { checks, trace, messages = null, blame, request, refusal = null } = await act(step, context)
    const failed = checks.some(({ passed }) => !passed)
    const curl = failed && trace !== null && request !== null ? repeatLine(step, trace, request, context) : null
    const carriedByRewrittenForm = trace === null ? 0 : requestsCarriedByForm(trace)
    const known = { checks, trace, messages, blame, curl, refusal, carriedByRewrittenForm }
    return result(step, startedMs, { verdict: failed ? 'fail' : 'pass', ...known })
  } catch (error) {
    if (error instanceof EnvironmentError) for (const file of error.evidence) context.evidence.set(...file)
    const problem = problemOf(error, step.span)
    return result(step, startedMs, { verdict: problem.verdict, problem })
  }
}

/** A result with what is known of it; the rest is empty. */
function result(
  { title, span }: Step,
  startedMs: number,
  known: Pick<StepResult, 'verdict'> & Partial<StepResult>,
): StepResult {
  const durationMs = performance.now() - startedMs
  const nothing = { checks: [], trace: null, messages: null, blame: null, curl: null, problem: null, refusal: null }
  return { title, span, ...nothing, carriedByRewrittenForm: 0, durationMs, ...known }
}

async function act(step: Step, context: StepContext): Promise<Finding> {
  const { world, captures, secrets } = context
  switch (step.kind) {
    case 'change': {
      const finding = judgeChange(step, await refusalOf({ ...step, change: fillChange(step.change, captures) }, world))
      context.changes.push({ change: step.change, line: { text: step.title, span: step.span } })
      return finding
    }
    case 'drift':
      return { checks: await judgeDrift(step.expect, world), trace: null, blame: null, request: null }
    case 'health':
    case 'request': {
      const sendable = clientRequest(fillRequest(step.request, captures))
      if (sendable.kind === 'refused') return refused(step, sendable.because)
      const { request } = sendable
      const trace = await world.request(request)
      const expect = fillExpectation(step.expect, captures)
      const judged = judge(expect, trace)
      const taken = step.kind === 'request' ? takeCaptures(step.capture, trace, captures, secrets) : []
      return conclude(expect, trace, [...judged, ...taken], request, context)
    }
    case 'websocket': {
      const sendable = clientRequest(fillRequest(step.request, captures))
      if (sendable.kind === 'refused') return refused(step, sendable.because)
      const { request } = sendable
      const { trace, messages } = await world.websocket(request, fillMessages(step.messages, captures))
      const expect = fillExpectation(step.expect, captures)
      const checks = [
        ...judge(expect, trace),
        ...judgeList('messages', fillWanted(expect.messages, captures), messages),
      ]
      return { ...(await conclude(expect, trace, checks, request, context)), messages }
    }
  }
}

/** Changes that, where they are refused, leave in force what was there. */
const GOES_ON: ReadonlySet<string> = new Set(['reload', 'repin', 'restart'])

/** Changes the world. What comes back is what a program said that refused its new files; null where none did. */
async function refusalOf({ change, span }: ChangeStep, world: World): Promise<Problem | null> {
  try {
    await world.change(change)
    return null
  } catch (error) {
    if (error instanceof RefusedConfigError && GOES_ON.has(change.kind)) return problemOf(error, span)
    throw error
  }
}

/** As in production, a reload that is refused changes nothing and is no failure by itself, unless the step expects one. */
function judgeChange({ refused: expected }: ChangeStep, refusal: Problem | null): Finding {
  const nothing = { trace: null, blame: null, request: null, refusal }
  if (expected === null) return { ...nothing, checks: [] }
  const passed = refusal !== null && says(refusal, expected.value)
  const actual = refusal === null ? 'it was loaded' : refusal.message
  const words = passed ? { expected: '', actual: '' } : { expected: expected.value, actual }
  return {
    ...nothing,
    checks: [{ what: 'refused', hop: null, seen: null, span: expected.span, passed, ...words, at: null }],
  }
}

async function judgeDrift({ stale }: DriftExpectation, world: World): Promise<Check[]> {
  const found = findDrift(await world.pins(), await world.services())
  const names = [...new Set(found.map(({ service }) => service))].sort()
  return judgeList('drift.stale', { ...stale, value: stale.value.toSorted() }, names)
}

/** Looks for who is to blame, where something failed or the scenario says who it must be. */
async function conclude(
  expect: ExchangeExpectation,
  trace: Trace,
  checks: readonly Check[],
  request: ClientRequest,
  { chain, world, changes }: StepContext,
): Promise<Finding> {
  const failed = checks.some(({ passed }) => !passed)
  if (failed && chain.files === null) refuseMissingFile(trace)
  if (!failed && expect.blame === null) return { checks, trace, blame: null, request }
  const wantedService = expect.backend?.reached ? (expect.backend.service?.value ?? null) : null
  const blameContext: BlameContext = {
    services: chain.services,
    pins: await world.pins(),
    listens: await world.listens(),
    entry: request.via === 'gateway' ? GATEWAY_SERVICE : request.via,
    listener: request.listener,
    wantedService,
    changes,
  }
  const found = failed ? findBlame(trace, checks, blameContext) : null
  if (expect.blame === null) return { checks, trace, blame: found, request }
  // The hop to blame for an error does not depend on whether the step expects the error.
  const others = failed ? [] : checks.filter(({ what }) => !what.endsWith('status'))
  const ofAnswer = findBlame(trace, others, blameContext)
  return { checks: [...checks, ...judgeBlame(expect.blame, ofAnswer)], trace, blame: found ?? ofAnswer, request }
}

/**
 * Where nginx itself answered because a file is not on the host of the environment, nothing is known of what it answers where
 * the chain runs: the step can neither pass nor fail.
 * @throws {UnsupportedError}
 */
function refuseMissingFile(trace: Trace): void {
  const nginx = exchangeAt(trace, 'nginx')
  if (nginx?.origin !== 'self') return
  for (const { reasons, decidedBy } of nginx.passes) {
    const missing = reasons.find((reason) => reason.kind === 'file-missing')
    const because = `nginx looks for ${missing?.path}, which the host of this environment does not have; the chain's host may`
    if (missing !== undefined) throw new UnsupportedError('files', decidedBy.location?.span ?? null, because)
  }
}

/** A request that captured values made unsendable: nothing went out, and that is the failure. */
function refused({ kind, span }: Extract<Step, { readonly request: StepRequest }>, because: string): Finding {
  const words = { expected: 'a request that can be sent', actual: because, at: null }
  return {
    checks: [{ what: kind, hop: null, seen: null, span, passed: false, ...words }],
    trace: null,
    blame: null,
    request: null,
  }
}

function repeatLine(step: Step, trace: Trace, sent: ClientRequest, { chain, captures, secrets }: StepContext): string {
  const open = 'request' in step ? step.request : null
  // Values of the environment are variables of the line, and no longer stand in it.
  const known = [...secrets, ...secretsOf(trace)]
  const line = curlLine(repeatable(trace.request, open, captures, known), baseUrl(sent, chain))
  const { proxied } = sent.listener
  return proxied === null ? line : `${line} --haproxy-clientip ${proxied}`
}

function fillWanted(messages: Expected<readonly string[]> | null, captures: Captures) {
  return messages && { ...messages, value: fillMessages(messages.value, captures) }
}

/** Where a person would reach that entry: nginx on its own port, anything else by a port-forward of its Service. */
function baseUrl({ via, listener }: ClientRequest, chain: Chain): string {
  if (via === 'nginx') return urlOf(listener)
  const name = via === 'gateway' ? GATEWAY_SERVICE : via
  const port = chain.services.find((service) => service.name === name)?.port
  return port === undefined ? 'http://localhost' : `http://localhost:${port}`
}

/** Nobody writes the address of the host itself, or the port that a scheme has anyway. */
function urlOf({ address, port, tls }: Listener): string {
  const scheme = tls === null ? 'http' : 'https'
  const place = listenerText({ address: address === PORT_80.address ? 'localhost' : address, port })
  return `${scheme}://${port === (tls === null ? 80 : 443) ? place.slice(0, place.lastIndexOf(':')) : place}`
}
