import { LOOPBACK } from '../../chain/service.ts'
import { exchangeAt, triesOf } from '../../trace/reading.ts'
import type { Trace } from '../../trace/trace.ts'
import { UnsupportedError } from '../environment.ts'
import type { SiteOnDisk } from '../site-on-disk.ts'
import { portsOfEveryAddress } from '../site-on-host.ts'

/**
 * A gateway's command listens on every address of the sandbox, those of nginx's host among them; in production it runs in a pod.
 * @throws {UnsupportedError} nginx found it on its own host
 */
export function refuseCommandOnHost(trace: Trace, disk: SiteOnDisk): void {
  const nginx = exchangeAt(trace, 'nginx')
  if (nginx === undefined) return
  const ports = portsOfEveryAddress(disk)
  // A program of the host is meant to be there.
  const found = triesOf(nginx).find(
    ({ to, outcome }) =>
      LOOPBACK.test(to.address ?? '') && to.service === null && !ports.has(to.port) && outcome !== 'refused',
  )
  if (found === undefined) return
  const because = `nginx asks port ${found.to.port} of its own host: in a sandbox the gateway's command listens there, in production nobody does`
  throw new UnsupportedError('proxy_pass', found.by?.span ?? null, because)
}
