import { type Chain, GATEWAY_SERVICE } from '../chain/chain.ts'
import { NAMESPACE } from '../chain/cluster-dns.ts'
import { headerValue } from '../chain/message.ts'
import type { StepRequest } from '../scenario/scenario.ts'

/**
 * A request that enters where its URL leads: a ClusterIP or a name of a Service is that Service, past nginx.
 * @param via where it enters in any case; null where the URL says it
 */
export function enterAt(request: StepRequest, chain: Chain, via: string | null): StepRequest {
  const [, authority = '', target = ''] = /^http:\/\/([^/?#]+)([^#]*)/.exec(request.url) ?? []
  const entry = via ?? serviceAt(authority, chain)
  if (entry === null || entry === 'nginx') return request
  const path = authority === '' ? request.url : target.startsWith('/') ? target : `/${target}`
  const { headers } = request
  const isNamed = authority === '' || headerValue(headers, 'host') !== undefined
  return { ...request, via: entry, url: path, headers: isNamed ? headers : [['Host', authority], ...headers] }
}

/** The entry that a host and port are; null where they are nginx's. */
function serviceAt(authority: string, { services }: Chain): string | null {
  const [, host = '', port = '80'] = /^([^:[\]]+)(?::(\d{1,5}))?$/.exec(authority) ?? []
  const service = services.find(
    (one) => one.on === 'cluster' && one.port === Number(port) && [one.clusterIP, ...namesOf(one.name)].includes(host),
  )
  if (service === undefined) return null
  return service.name === GATEWAY_SERVICE ? 'gateway' : service.name
}

/** A Service's name as a pod may write it. */
function namesOf(service: string): string[] {
  return [service, ...['', '.svc', '.svc.cluster.local'].map((end) => `${service}.${NAMESPACE}${end}`)]
}
