import { writeFileSync } from 'node:fs'
import {
  type ClusterDns,
  DOCKER_RESOLV_CONF,
  type HostDns,
  type HostNames,
  LOCAL_HOSTS,
  OWN_RESOLV_CONF,
} from '../../../chain/cluster-dns.ts'
import { INSIDE } from '../protocol.ts'

/** Writes how the host of nginx finds names; a running nginx reads it with its next file. Docker's name server answers by itself. */
export function writeHostFiles(dns: ClusterDns, host: { readonly dns: HostDns; readonly names: HostNames }): void {
  const lines = [...host.names.keys()].flatMap((name) =>
    dns.lookUpOnHost(name, host.dns).map((address) => `${address} ${name}\n`),
  )
  writeFileSync(INSIDE.hostHosts, LOCAL_HOSTS + lines.join(''))
  writeFileSync(INSIDE.hostResolvConf, host.dns === 'docker' ? DOCKER_RESOLV_CONF : OWN_RESOLV_CONF)
}
