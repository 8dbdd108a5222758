import { type Headers, headerValues, utf8Of } from '../chain/message.ts'
import type { Blame } from '../diagnose/blame.ts'
import { askedBy } from '../runner/asked.ts'
import type { JsonValue } from '../scenario/scenario.ts'
import { nginxPassTo } from '../trace/reading.ts'
import type { Destination, Exchange, Pass, Trace } from '../trace/trace.ts'

/** Headers of an answer that clients act on, whoever wrote them. */
const ACTED_ON: ReadonlySet<string> = new Set([
  'location',
  'www-authenticate',
  'allow',
  'access-control-allow-origin',
  'content-disposition',
])

/** Headers with another value at every request. */
const OF_ONE_ANSWER: ReadonlySet<string> = new Set([
  'date',
  'expires',
  'age',
  'x-request-id',
  'etag',
  'last-modified',
  'server',
])

/**
 * What a request showed, as the expectation of a scenario file: the status, headers that matter, and at each hop the rule that it
 * applied and the target that it sent on.
 * @param via where the request entered
 * @param blame who is to blame for an answer that is an error; null where it is none
 */
export function draftExpectation(trace: Trace, via: string, blame: Blame | null): Readonly<Record<string, JsonValue>> {
  const asked = askedBy({ nginx: null, gateway: null, backend: null }, trace)
  const [gateway, backend] = [asked.gateway?.exchange, asked.backend?.exchange]
  const behind = gateway ?? backend
  const nginx = asked.nginx?.exchange
  const pass = (behind && nginxPassTo(trace, behind)) ?? asked.nginx?.pass ?? 0
  const { response } = trace
  const headers = response === null ? {} : headersThatMatter(response.headers, nginx)
  const isPastNginx = via !== 'nginx'
  return {
    ...(response === null ? {} : { status: response.status }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(isPastNginx ? {} : { nginx: nginx === undefined ? 'unreached' : sender('location', nginx.passes[pass], true) }),
    ...(isPastNginx && via !== 'gateway'
      ? {}
      : { gateway: gateway === undefined ? 'unreached' : sender('route', gateway.passes[0], backend === undefined) }),
    backend: backend === undefined ? 'unreached' : { service: backend.service, receives: backend.received.target },
    ...(blame === null ? {} : { blame: blame.hop }),
  }
}

/** What a hop that sends on shows. @param isNamed whether it says where it sends: the hop behind it does not */
function sender(
  rule: 'location' | 'route',
  pass: Pass | undefined,
  isNamed: boolean,
): Readonly<Record<string, JsonValue>> {
  const last = pass?.tries.at(-1)
  const matched = pass?.matched ?? (rule === 'route' ? 'none' : null)
  return {
    ...(matched === null ? {} : { [rule]: matched }),
    ...(last === undefined ? {} : { sends: last.request.target }),
    ...(last === undefined || !isNamed ? {} : { to: nameOf(last.to) }),
  }
}

function nameOf({ service, address, host, port }: Destination): string {
  return service ?? `${address ?? host}:${port}`
}

/** Those that clients act on, and those that a line of nginx wrote. */
function headersThatMatter(headers: Headers, nginx: Exchange | undefined): Readonly<Record<string, JsonValue>> {
  const written = (nginx?.answerHeaders ?? []).filter(
    ({ kind, by }) => by !== null && kind !== 'dropped' && kind !== 'withheld',
  )
  const names = new Set([...ACTED_ON, ...written.map(({ name }) => name)])
  const shown = Array.from(names, (name) => [name, headerValues(headers, name).map(utf8Of)] as const)
  return Object.fromEntries(
    shown
      .filter(([name, values]) => values.length > 0 && !OF_ONE_ANSWER.has(name) && name !== 'set-cookie')
      .map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  )
}
