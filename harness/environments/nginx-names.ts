import type { Chain } from '../chain/chain.ts'
import { CLUSTER_DNS, type ClusterDns, DOCKER_DNS } from '../chain/cluster-dns.ts'
import type { SiteWorld } from '../nginx/site.ts'
import { findFile } from './host-files.ts'

/** What nginx finds on its host and beyond: names, files, and what it has kept. */
export type NginxNames = Pick<SiteWorld, 'resolve' | 'query' | 'file' | 'kept'>

/** The port of a name server (RFC 1035 section 4.2). */
const DNS_PORT = 53

/** How nginx finds names: its host's way while it loads its files, and the way of a `resolver` line while it runs; and files. */
export function nginxNames(dns: ClusterDns, { host, files }: Pick<Chain, 'host' | 'files'>): NginxNames {
  return {
    ...(files === null ? {} : { file: findFile(files) }),
    resolve: (name) => dns.lookUpOnHost(name, host.dns),
    query: (server, name) => {
      const isDocker = host.dns === 'docker' && server.address === DOCKER_DNS.address
      if ((server.address !== CLUSTER_DNS && !isDocker) || server.port !== DNS_PORT) return null
      const address = isDocker ? dns.answerOfDocker(name) : dns.answer(name)
      return address === null ? [] : [address]
    },
  }
}
