import type { BackendRecord } from '../../backends/stub-server.ts'
import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import { headerValue, type RequestMessage, type ResponseMessage } from '../../chain/message.ts'
import type { Destination, Exchange, Forward } from '../../chain/trace.ts'
import { backendHop } from '../backend-exchange.ts'
import { gatewayExchange } from '../gateway-exchange.ts'
import type { Evidence, InForce } from './evidence.ts'

/**
 * The gateway's exchange and that of the backend behind it.
 * @param records of the stubs that the gateway asked
 * @param reached whether it is known that the gateway was reached, even if neither log line nor answer says so
 */
export function gatewayHops(
  received: RequestMessage,
  answered: ResponseMessage | null,
  records: readonly BackendRecord[],
  reached: boolean,
  { gatewayLog }: Evidence,
  { routes, isOwnGateway, destination }: InForce,
): Exchange[] {
  const backend = records.at(-1) ?? null
  const entry = gatewayLog.at(-1) ?? null
  const isTold = entry !== null || (isOwnGateway && answered !== null)
  if (routes !== null && isTold) {
    const exchange = gatewayExchange({ received, answered, entry, backend, table: routes, destination })
    return [exchange, ...backendHop(backend)]
  }
  if (!reached && answered === null && backend === null) return []
  return [unloggedGateway(received, answered, records, destination), ...backendHop(backend)]
}

/** A gateway that writes no log we could read: both its sides are known, and nothing of what is between them. */
function unloggedGateway(
  received: RequestMessage,
  answered: ResponseMessage | null,
  records: readonly BackendRecord[],
  destination: InForce['destination'],
): Exchange {
  const passedOn = answered !== null && records.at(-1)?.answered?.status === answered.status
  return {
    hop: 'gateway',
    service: GATEWAY_SERVICE,
    received,
    rule: null,
    matched: null,
    reasons: [{ text: 'the gateway writes no access log', span: null }],
    nearMisses: [],
    forwards: records.map((record) => forwardOf(record, destination)),
    answered,
    origin: passedOn ? 'upstream' : 'self',
  }
}

function forwardOf(record: BackendRecord, destination: InForce['destination']): Forward {
  const { received, answered } = record
  return {
    to: destinationOf(record, destination),
    request: received,
    outcome: answered === null ? 'reset' : 'answered',
    response: answered,
  }
}

/** The gateway names host and port of its target in `Host`; where it does not, the Service's name stands for it. */
function destinationOf({ service, received }: BackendRecord, destination: InForce['destination']): Destination {
  const [, host = '', port = '80'] = /^([^:]+)(?::(\d{1,5}))?$/.exec(headerValue(received.headers, 'host') ?? '') ?? []
  const named = destination(host, Number(port))
  return named.service === service ? named : { ...destination(service, Number(port)), service }
}
