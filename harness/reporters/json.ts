import { isUtf8 } from 'node:buffer'
import { headerOfParam } from '../chain/cgi/cgi-message.ts'
import {
  type Bytes,
  bufferOf,
  type CgiRequest,
  type Headers,
  type RequestMessage,
  type ResponseMessage,
} from '../chain/message.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Agreement, Check, Problem, RunReport, ScenarioResult, ScenarioRun, StepResult } from '../runner/result.ts'
import { maskHeader, maskHeaders, maskNames, maskText, secretsOf } from '../secrets/mask.ts'
import { nearMissText, reasonText } from '../trace/reason-text.ts'
import type { Exchange, Pass, Reason, Trace } from '../trace/trace.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

/** The version of the shape that is written. It grows when a member changes its meaning or goes, not when one is added. */
export const JSON_VERSION = 2

const HEAD = `{"version":${JSON_VERSION},"scenarios":[\n`

function tailOf(agreements: readonly string[], end: string): string {
  return `\n],"agreements":[\n${agreements.join(',\n')}\n],${end.slice(1)}\n`
}

/** A whole report of lines that are JSON already, and what is behind them. */
export function reportText(scenarios: readonly string[], agreements: readonly string[], end: object): string {
  return HEAD + scenarios.join(',\n') + tailOf(agreements, JSON.stringify(end))
}

/**
 * For programs: one JSON object, one scenario and one agreement a line; docs/guide/json-report.md has every member. Scenarios
 * are written as they come, so it needs no memory for those that are done.
 */
export function jsonReporter({ write }: Pick<ReporterOptions, 'write'>): Reporter {
  let count = 0
  const agreements: string[] = []
  const open = (): string => (count++ === 0 ? HEAD : ',\n')
  return {
    onScenario(result) {
      write(open() + JSON.stringify(scenarioData(result), withoutNamed))
    },
    onAgreement(agreement) {
      agreements.push(JSON.stringify(agreementData(agreement), withoutNamed))
    },
    onEnd(report) {
      const head = count === 0 ? open() : ''
      write(head + tailOf(agreements, JSON.stringify(endData(report), withoutNamed)))
    },
  }
}

/** A trace as JSON, on several lines, secrets masked; bodies are text, or Base64 where they are no UTF-8. */
export function traceJson(trace: Trace): string {
  return JSON.stringify(traceData(trace), null, 2)
}

function endData({ gaps, allowUnsupported, invalid, notRun, interruptedBy, seed, startedAt, durationMs }: RunReport) {
  return {
    gaps,
    allowUnsupported,
    invalid: invalid.map(({ file, diagnostics }) => ({ file, diagnostics: diagnostics.map(diagnosticData) })),
    notRun: notRun.map(({ name, source }) => ({ name, file: source.file })),
    interruptedBy,
    seed,
    startedAt,
    durationMs: round(durationMs),
  }
}

function scenarioData(result: ScenarioResult) {
  const { name, source, tags, environment, verdict, carriedByRewrittenForm, durationMs, runs } = result
  const known = { name, file: source.file, tags, environment, verdict, carriedByRewrittenForm }
  return { ...known, durationMs: round(durationMs), runs: runs.map(runData) }
}

function agreementData({ name, source, tags, environments, verdict, because, difference }: Agreement) {
  return { name, file: source.file, tags, environments, verdict, because, difference }
}

function runData({
  variant,
  example,
  span,
  nginx,
  must,
  verdict,
  stepsVerdict,
  because,
  problem,
  steps,
  notRun,
  evidence,
  durationMs,
  secrets,
}: ScenarioRun) {
  const data = {
    variant,
    example,
    span,
    nginx,
    must,
    verdict,
    stepsVerdict,
    because,
    problem: problem && problemData(problem),
    steps: steps.map(stepData),
    notRun,
    evidence,
    durationMs: round(durationMs),
  }
  return secrets.length === 0 ? data : masked(data, secrets)
}

function stepData(step: StepResult) {
  const { title, span, verdict, durationMs, checks, messages, blame, curl, problem, refusal, trace } = step
  const data = {
    title,
    span,
    verdict,
    durationMs: round(durationMs),
    checks: checks.map(checkData),
    messages,
    blame,
    curl,
    problem: problem && problemData(problem),
    refusal: refusal && problemData(refusal),
  }
  if (trace === null) return { ...data, trace: null }
  return { ...masked(data, secretsOf(trace)), trace: traceData(trace) }
}

function checkData({ what, hop, seen, span, passed, expected, actual, at }: Check) {
  return passed ? { what, hop, seen, span, passed } : { what, hop, seen, span, passed, expected, actual, at }
}

function problemData({ verdict, message, remedy, span, diagnostics, refusedBy, gaps, stack }: Problem) {
  return { verdict, message, remedy, span, diagnostics: diagnostics.map(diagnosticData), refusedBy, gaps, stack }
}

/** Without its source: that is a whole file. */
function diagnosticData({ code, severity, message, span, hint }: Diagnostic) {
  return { code, severity, message, span, hint: hint ?? null }
}

function traceData(trace: Trace) {
  const { requestId, request, exchanges, response, elapsedMs } = trace
  const data = {
    requestId,
    request: requestData(request),
    exchanges: exchanges.map(exchangeData),
    response: response && responseData(response),
    elapsedMs: round(elapsedMs),
  }
  return masked(data, secretsOf(trace))
}

function exchangeData(exchange: Exchange) {
  const { received, passes, answered, answerHeaders } = exchange
  return {
    ...exchange,
    received: requestData(received),
    passes: passes.map(passData),
    answered: answered && responseData(answered),
    answerHeaders: answerHeaders.map((change) => ({
      ...change,
      because: change.because && reasonData(change.because),
    })),
  }
}

function reasonData(reason: Reason) {
  return { ...reason, text: reasonText(reason) }
}

/** Reasons and near misses are data; their sentences stand beside them. */
function passData(pass: Pass) {
  return {
    ...pass,
    reasons: pass.reasons.map(reasonData),
    nearMisses: pass.nearMisses.map((miss) => ({ ...miss, text: nearMissText(miss.because) })),
    tries: pass.tries.map((one) => ({
      ...one,
      request: requestData(one.request),
      response: one.response && responseData(one.response),
    })),
  }
}

function requestData({ method, target, httpVersion, headers, body, cgi }: RequestMessage) {
  return { method, target, httpVersion, ...contentData(headers, body), ...(cgi === undefined ? {} : cgiData(cgi)) }
}

function cgiData({ protocol, params }: CgiRequest) {
  return {
    cgi: { protocol, params: params.map(([name, value]) => [name, maskHeader(headerOfParam(name), value)] as const) },
  }
}

function responseData({ status, headers, body, trailers }: ResponseMessage) {
  const behind = trailers === undefined ? {} : { trailers: maskHeaders(trailers) }
  return { status, ...contentData(headers, body), ...behind }
}

function contentData(headers: Headers, bytes: Bytes) {
  const body = bufferOf(bytes)
  const shown = maskHeaders(headers)
  return isUtf8(body)
    ? { headers: shown, body: body.toString('utf8') }
    : { headers: shown, bodyBase64: body.toString('base64') }
}

/** The data with every secret in every string replaced, also where a backend echoes one. */
function masked<Data>(data: Data, secrets: readonly string[]): Data {
  return JSON.parse(JSON.stringify(data, (_, value) => (typeof value === 'string' ? maskText(value, secrets) : value)))
}

/** What is secret by its name stands in no title, no problem and no message either. */
function withoutNamed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? maskNames(value) : value
}

function round(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000
}
