import { CLUSTER_DNS } from '../../../chain/cluster-dns.ts'
import { LOOPBACK } from '../../../chain/service.ts'
import { SERVICE_CIDR } from '../../virtual-cluster.ts'
import type { ClusterState } from '../protocol.ts'
import { APART } from './apart.ts'
import type { Endpoint } from './endpoint.ts'
import { ip, NODE } from './ip.ts'

/** Protocols by their numbers: ip knows the names by /etc/protocols, which a small container image does not have. */
const TCP = 6
const UDP = 17

const SERVICES = `${SERVICE_CIDR.prefix}0.0/16`
/** Routing tables: where Services answer, and where nobody does. */
const ANSWERS = 100
const SILENCE = 200

/**
 * The network of a node, as kube-proxy makes it look. Rules are read by their preference, first the ports of Services (10),
 * then silence for everything else in the service CIDR (20: a link whose other end is down and asks nobody), and only then
 * the addresses of this host, which come first by default. There is no other route: nothing can leave.
 */
const GROUND = [
  'link set lo up',
  `addr add ${NODE}/16 dev lo`,
  'link add silent type veth peer name silent2',
  'link set silent arp off',
  'link set silent up',
  'rule add pref 100 lookup local',
  'rule del pref 0',
  `route add default dev silent src ${NODE} table ${SILENCE}`,
  `rule add pref 20 to ${SERVICES} lookup ${SILENCE}`,
  `route add local ${SERVICES} dev lo src ${NODE} table ${ANSWERS}`,
  // For bind() alone, which looks in this table without asking the rules.
  `route add local ${SERVICES} dev lo src ${NODE} table local`,
  // No other name server answers. What is sent to the host's own loopback is refused.
  'rule add pref 25 to 127.0.0.0/8 lookup local',
  `rule add pref 30 ipproto ${UDP} dport 53 lookup ${SILENCE}`,
  `rule add pref 10 to ${CLUSTER_DNS} ipproto ${UDP} dport 53 lookup ${ANSWERS}`,
]

/** getaddrinfo gives IPv6 addresses, that of localhost too, only where the host has one beside ::1 (AI_ADDRCONFIG). Every node has. */
const NODE_IPV6 = ['addr add fe80::1/64 dev lo nodad']

/** Addresses and rules of this network namespace. */
export class Network {
  #lines: ReadonlySet<string> = new Set()
  readonly #owned = new Set<string>()

  /** Lays the ground that every world stands on. @throws {SandboxError} */
  static async open(): Promise<Network> {
    await ip(GROUND)
    // A kernel may do without IPv6: then no program there finds ::1 either.
    await ip(NODE_IPV6).catch(() => undefined)
    return new Network()
  }

  /** Makes an address that a client comes from one of the node's, as long as this world lasts. @throws {SandboxError} */
  async own(address: string): Promise<void> {
    // The node has these already.
    if (LOOPBACK.test(address) || this.#lines.has(hostLine(address)) || this.#owned.has(address)) return
    // An address of IPv6 is not to be used before nobody else has claimed it, which takes a second: nobody else is here.
    await ip([address.includes(':') ? `${hostLine(address)} nodad` : hostLine(address)])
    this.#owned.add(address)
  }

  /** Gives the addresses of clients up. @throws {SandboxError} */
  async disown(): Promise<void> {
    const lines = [...this.#owned].map((address) => hostLine(address).replace(' add ', ' del '))
    this.#owned.clear()
    if (lines.length > 0) await ip(lines)
  }

  /** Changes what differs. @param apart pods of Services that are apart @throws {SandboxError} */
  async become({ services, hostAddresses }: ClusterState, apart: readonly Endpoint[]): Promise<void> {
    const pods = apart.flatMap(({ address, port }) => apartLines(address, port))
    const wanted = new Set([...services.flatMap(serviceLines), ...pods, ...hostAddresses.map(hostLine)])
    const gone = [...this.#lines].filter((line) => !wanted.has(line))
    const fresh = [...wanted].filter((line) => !this.#lines.has(line))
    this.#lines = wanted
    const lines = [...gone.map((line) => line.replace(' add ', ' del ')), ...fresh]
    if (lines.length > 0) await ip(lines)
  }
}

/** A Service's port answers or refuses. A ClusterIP that lies outside of the service CIDR needs its own silence around it. */
function serviceLines({ clusterIP, port, morePorts, isApart }: ClusterState['services'][number]): string[] {
  if (clusterIP === null) return []
  const ports = [port, ...morePorts.map((one) => one.port)]
  const answers = ports.flatMap((number) =>
    isApart
      ? apartLines(clusterIP, number)
      : [`rule add pref 10 to ${clusterIP} ipproto ${TCP} dport ${number} lookup ${ANSWERS}`],
  )
  if (clusterIP.startsWith(SERVICE_CIDR.prefix)) return answers
  return [
    ...answers,
    `rule add pref 20 to ${clusterIP} lookup ${SILENCE}`,
    `route add local ${clusterIP} dev lo src ${NODE} table ${ANSWERS}`,
    `route add local ${clusterIP} dev lo src ${NODE} table local`,
  ]
}

/** The way there, and for the kernel that looks where an answer would come from (rp_filter), the way back. */
export function apartLines(address: string, port: number): string[] {
  return ['dport', 'sport'].map((end) => `rule add pref 10 to ${address} ipproto ${TCP} ${end} ${port} lookup ${APART}`)
}

/** A route makes an IPv4 address the host's own; an IPv6 one must be on a link. */
function hostLine(address: string): string {
  return address.includes(':') ? `addr add ${address}/128 dev lo` : `route add local ${address} dev lo table local`
}
