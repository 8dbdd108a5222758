import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import { decodedBody } from '../../chain/content-coding.ts'
import {
  type Bytes,
  type Header,
  headerValue,
  headerValues,
  type RequestMessage,
  type ResponseMessage,
} from '../../chain/message.ts'
import type { NginxSend } from '../../nginx/site.ts'
import type { Destination, Try } from '../../trace/trace.ts'
import { hasArrived } from '../hops-behind.ts'
import type { ConfiguredPeers } from './configured-peers.ts'
import type { Evidence, InForce } from './evidence.ts'
import type { Observation, ObservedLocation, ObservedTry } from './observation.ts'
import { pairRecords } from './pair-records.ts'
import { sentRequest } from './sent-request.ts'

/**
 * What nginx sent, pass by pass, from the most exact source there is: what a stub recorded, else the head in nginx's log with
 * the client's body.
 * @param sends what the model would send: the hosts as the file has them
 * @param peersOf where the file lets a location send, where the model does not know it
 */
export function nginxTries(
  evidence: Evidence,
  { passes }: Pick<Observation, 'passes'>,
  sends: readonly NginxSend[],
  { serviceAt }: Pick<InForce, 'serviceAt'>,
  peersOf: (location: ObservedLocation | null) => ConfiguredPeers,
): readonly (readonly Try[])[] {
  const seen = passes.flatMap(({ location, tries }, pass) => {
    const modelled = sends.filter((send) => send.pass === pass)
    return tries.map((one, at) => ({ one, pass, location, send: modelled[at] }))
  })
  const destinations = seen.map(({ one, location, send }) => {
    const { host, address, port } = placeOf(one, send, peersOf(location))
    return { host, address, port, service: address === null ? null : serviceAt(address, port) }
  })
  const { ofTries, others } = pairRecords(
    seen.map(({ one: { outcome, head } }, at) => ({
      arrived: hasArrived(outcome),
      service: destinations[at]?.service ?? null,
      sent: head,
    })),
    evidence.backends,
  )
  const tries = destinations.flatMap((to, at): { readonly pass: number; readonly made: Try }[] => {
    const { one, pass, send } = seen[at] ?? {}
    if (one === undefined || pass === undefined) return []
    const record = ofTries[at] ?? null
    const request = record?.received ?? sentRequest(one.head, send?.request ?? null, evidence.request)
    const body =
      record?.answered?.body ??
      (one.isPassedOn ? bodyPassedOn(one, evidence.response) : undefined) ??
      (to.service === GATEWAY_SERVICE ? others.at(-1)?.answered?.body : undefined)
    const by = send?.by ?? null
    const witness = record?.answered ?? (one.isPassedOn ? evidence.response : null) ?? others.at(-1)?.answered ?? null
    const response = answerOf(one, request, body ?? '', witness)
    return [{ pass, made: { to, by, request, outcome: one.outcome, response } }]
  })
  return passes.map((_, index) => tries.filter(({ pass }) => pass === index).map(({ made }) => made))
}

/** The body that an upstream sent, from what the client got of it; undefined where nginx sent a part of it alone, or made one of several. */
function bodyPassedOn({ answer }: ObservedTry, response: ResponseMessage | null): Bytes | undefined {
  if (answer === null || response === null) return undefined
  const [range, given] = [response.headers, answer.headers].map((headers) => headerValue(headers, 'content-range'))
  if ((response.status === 206 || answer.status === 206) && range !== given) return undefined
  // What nginx packed itself (gzip on) came to it unpacked.
  const isPacked = headerValue(answer.headers, 'content-encoding') !== undefined
  return isPacked ? response.body : decodedBody(response)
}

/**
 * What an upstream answered, as nginx got it: the head is the log's, and only other witnesses know the body and what the log had no
 * room for.
 */
export function answerOf(
  { answer }: ObservedTry,
  { method }: RequestMessage,
  body: Bytes,
  witness: ResponseMessage | null,
): ResponseMessage | null {
  if (answer === null) return null
  const { status, cut } = answer
  const headers = answer.headers.map((line) => (cut.includes(line) ? wholeLine(line, witness) : line))
  const isBodiless = method === 'HEAD' || status === 204 || status === 304 || status < 200
  const behind = witness?.trailers === undefined ? {} : { trailers: witness.trailers }
  return { status, headers, body: isBodiless ? '' : body, ...behind }
}

/** A header line that the log cut off, as somebody else saw it. */
function wholeLine([name, value]: Header, witness: ResponseMessage | null): Header {
  const whole = headerValues(witness?.headers ?? [], name).find((one) => one.startsWith(value))
  return [name, whole ?? value]
}

/** The log has the address that was connected to; the file has the name it stands for, which the model knows. */
function placeOf(
  { to }: ObservedTry,
  send: NginxSend | undefined,
  { host, pins }: ConfiguredPeers,
): Omit<Destination, 'service'> {
  // A connection that was kept alive leads where the file says, if the file names one address only.
  const place = to ?? send?.to ?? (pins.length === 1 ? pins[0] : undefined)
  if (place === undefined) return { host: host ?? '', address: null, port: 80 }
  const { address, port } = place
  const isModelled = send !== undefined && send.to.address === address && send.to.port === port
  return { host: isModelled ? send.to.host : (host ?? address), address, port }
}
