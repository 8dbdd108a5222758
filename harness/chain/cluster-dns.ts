/** The namespace of a chain's Services, as on the FlowMaster server. */
export const NAMESPACE = 'flowmaster'

/** The address of cluster DNS in k3s (Service kube-dns). */
export const CLUSTER_DNS = '10.43.0.10'

/** The name of that Service, which is in another namespace than the chain's own. */
const CLUSTER_DNS_NAME = 'kube-dns.kube-system.svc.cluster.local'

/** What `/etc/hosts` of a Debian host and of a pod have in common, in the order in which getaddrinfo gives the addresses. */
const LOCAL_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', ['::1', '127.0.0.1']],
  ['ip6-localhost', ['::1']],
  ['ip6-loopback', ['::1']],
])

/** That /etc/hosts, as a file. */
export const LOCAL_HOSTS = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n'

/** How many dots a name needs to be asked for as it stands first: `ndots:5` in a pod's resolv.conf. */
const NDOTS = 5

/**
 * Whether the host of nginx asks its own name server, which knows no Service (`own`: a k3s server), or cluster DNS, in the way
 * of a pod (`cluster`: nginx in a pod, or a host whose resolv.conf was changed), or Docker's, which knows containers by their names
 * (`docker`: nginx in a container of a network of Docker's).
 */
export type HostDns = 'own' | 'cluster' | 'docker'

/** Docker's name server in a container of a network that somebody made. It calls its answers valid for ten minutes. */
export const DOCKER_DNS = { address: '127.0.0.11', ttlS: 600 }

/** The resolv.conf of such a container. */
export const DOCKER_RESOLV_CONF = `nameserver ${DOCKER_DNS.address}\noptions ndots:0\n`

/** Names that are no Service's, in lower case, and the Services that stand for what they name. */
export type HostNames = ReadonlyMap<string, string>

/**
 * The names of a cluster, and the three ways to ask for one: a name server answers exact names only, a pod has search domains,
 * and the host of nginx has what its resolv.conf says. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export class ClusterDns {
  readonly #addressOf: (service: string) => string | null
  readonly #namespace: string
  readonly #names: HostNames

  /**
   * @param addressOf the ClusterIP of a Service of the namespace; null where there is no such Service
   * @param names names of others, which lead to Services here
   */
  constructor(addressOf: (service: string) => string | null, namespace: string, names: HostNames = new Map()) {
    this.#addressOf = addressOf
    this.#namespace = namespace
    this.#names = names
  }

  /**
   * What CoreDNS answers: the ClusterIP of `SERVICE.NAMESPACE.svc.cluster.local`, with or without a dot at its end; null
   * (NXDOMAIN) for everything else, Services of other namespaces among it. nginx's `resolver` asks in this way.
   */
  answer(name: string): string | null {
    if (withoutLastDot(name) === CLUSTER_DNS_NAME) return CLUSTER_DNS
    const service = serviceNamed(name, this.#namespace)
    return service === null ? this.#ofOthers(name) : this.#addressOf(service)
  }

  /** What Docker's name server answers: the address of a container by its name, and what everybody knows. */
  answerOfDocker(name: string): string | null {
    return this.#addressOf(withoutLastDot(name)) ?? this.#ofOthers(name)
  }

  /** Addresses that a program in a pod finds for a name; none where the name does not resolve. */
  lookUpInPod(name: string): readonly string[] {
    const local = LOCAL_NAMES.get(name.toLowerCase())
    if (local !== undefined) return local
    const answers = namesAskedInPod(name, this.#namespace).map((asked) => this.answer(asked))
    return answers.filter((address) => address !== null).slice(0, 1)
  }

  /** Addresses that a program on the host of nginx finds for a name: nginx itself, while it loads its files. */
  lookUpOnHost(name: string, dns: HostDns): readonly string[] {
    if (dns === 'cluster') return this.lookUpInPod(name)
    const local = LOCAL_NAMES.get(name.toLowerCase())
    if (local !== undefined) return local
    const address = dns === 'docker' ? this.answerOfDocker(name) : this.#ofOthers(name)
    return address === null ? [] : [address]
  }

  /** A name that a public name server knows. */
  #ofOthers(name: string): string | null {
    const service = this.#names.get(withoutLastDot(name))
    return service === undefined ? null : this.#addressOf(service)
  }
}

/** The Service that a name means to a program in a pod; null where the name cannot be one of this namespace's Services. */
export function serviceMeantInPod(name: string, namespace: string): string | null {
  for (const asked of namesAskedInPod(name, namespace)) {
    const service = serviceNamed(asked, namespace)
    if (service !== null) return service
  }
  return null
}

/** The resolv.conf of a pod (dnsPolicy ClusterFirst). @param dns the address of cluster DNS */
export function podResolvConf(dns: string, namespace: string): string {
  return `nameserver ${dns}\nsearch ${searchDomains(namespace).join(' ')}\noptions ndots:${NDOTS}\n`
}

/**
 * The resolv.conf of a host whose own name server knows no Service. The address is that of systemd-resolved; in the
 * environments nobody listens there, so every name fails at once.
 */
export const OWN_RESOLV_CONF = 'nameserver 127.0.0.53\n'

/** The Service of an exact name. */
function serviceNamed(name: string, namespace: string): string | null {
  const [service = '', ...rest] = withoutLastDot(name).split('.')
  return rest.join('.') === `${namespace}.svc.cluster.local` ? service : null
}

/** What a pod asks for, one after the other (resolv.conf(5)). A name that ends in a dot is asked for as it stands. */
function namesAskedInPod(name: string, namespace: string): string[] {
  if (name.endsWith('.')) return [name]
  const searched = searchDomains(namespace).map((domain) => `${name}.${domain}`)
  return name.split('.').length > NDOTS ? [name, ...searched] : [...searched, name]
}

function searchDomains(namespace: string): string[] {
  return [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local']
}

function withoutLastDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
