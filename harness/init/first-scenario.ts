import { stringify } from 'yaml'
import type { Chain } from '../chain/chain.ts'
import { headerValue, utf8Of } from '../chain/message.ts'
import { UnsupportedError, type World } from '../environments/environment.ts'
import { clientRequest } from '../runner/client-request.ts'
import { exchangeAt, lastPass, nginxPassTo } from '../trace/reading.ts'
import type { Trace } from '../trace/trace.ts'

/** A step of a scenario, as a file writes it. */
export interface WrittenStep {
  readonly request: string
  readonly via?: string
  readonly expect: Readonly<Record<string, unknown>>
}

/** What is sent in search of a scenario. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly via: string
}

/** What today's answer to a request implies, or why it implies nothing. */
export type Answered =
  | { readonly step: WrittenStep; readonly trace: Trace; readonly name: string }
  | { readonly trace: Trace | null; readonly because: string }

/** Sends one request through a chain that runs, and says what its answer implies. */
export async function ask(world: World, { method, url, via }: Asked): Promise<Answered> {
  const sendable = clientRequest({
    via,
    from: null,
    proxied: null,
    method,
    url,
    target: null,
    httpVersion: '1.1',
    headers: [],
    body: '',
  })
  if (sendable.kind === 'refused') return { trace: null, because: sendable.because }
  try {
    const trace = await world.request(sendable.request)
    const { response } = trace
    const request = `${method} ${url}`
    if (response === null) return { trace, because: `${request} gets no answer` }
    const nginx = exchangeAt(trace, 'nginx')
    const looked = nginx?.passes.flatMap(({ reasons }) => reasons.map(({ kind }) => kind)) ?? []
    const isWanted = nginx?.passes.at(-1)?.decidedBy.whole?.text.startsWith('return ') ?? false
    const looksForFile = looked.includes('file-missing') || (response.status === 404 && !isWanted)
    if (nginx?.origin === 'self' && response.status >= 400 && looksForFile)
      return { trace, because: `${request} asks for a file that the chain does not have. Add it to files` }
    if (response.status >= 500) return { trace, because: `${request} answers ${response.status}` }
    const step = { request, ...(via !== 'nginx' && { via }), expect: expectationsOf(trace) }
    return { step, trace, name: nameOf(request, trace) }
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error
    return { trace: null, because: `simulated cannot show it: ${error.what}: ${error.message}` }
  }
}

function expectationsOf(trace: Trace): Record<string, unknown> {
  const [nginx, gateway, backend] = [
    exchangeAt(trace, 'nginx'),
    exchangeAt(trace, 'gateway'),
    exchangeAt(trace, 'backend'),
  ]
  const { response } = trace
  const location = response === null ? undefined : headerValue(response.headers, 'location')
  const led = gateway ?? backend
  const index = led === undefined ? undefined : nginxPassTo(trace, led)
  const pass = index === undefined ? nginx && lastPass({ passes: nginx.passes.slice(0, 1) }) : nginx?.passes[index]
  const to = pass?.tries.at(-1)
  const route = gateway?.passes[0]
  return {
    status: response?.status,
    ...(location !== undefined && { headers: { location: utf8Of(location) } }),
    ...(pass !== undefined && {
      nginx: {
        ...(pass.matched !== null && { location: pass.matched }),
        ...(to !== undefined && { sends: to.request.target, ...(to.to.service !== null && { to: to.to.service }) }),
      },
    }),
    ...(gateway !== undefined && route !== undefined && { gateway: { route: route.matched ?? 'none' } }),
    ...(backend !== undefined && { backend: { service: backend.service, receives: backend.received.target } }),
  }
}

function nameOf(request: string, trace: Trace): string {
  const { response } = trace
  const backend = exchangeAt(trace, 'backend') ?? exchangeAt(trace, 'gateway')
  if (backend !== undefined) return `${request} goes to ${backend.service ?? 'the gateway'}`
  const location = response === null ? undefined : headerValue(response.headers, 'location')
  return location === undefined
    ? `${request} is answered with ${response?.status ?? 'nothing'}`
    : `${request} is redirected to ${utf8Of(location)}`
}

/**
 * The text of a scenario file with one step.
 * @param chain the chain that it names; null for that of all scenarios
 * @param schema where an editor finds the schema, as the file's first line says it
 */
export function scenarioText(name: string, step: WrittenStep, chain: Chain['name'] | null, schema: string): string {
  const written = { scenario: name, ...(chain !== null && { chain }), steps: [step] }
  return `# yaml-language-server: $schema=${schema}\n${stringify(written, { lineWidth: 120 })}`
}
