import type { AccessEntry } from '../../../gateway/access-entry.ts'
import type { RouteTable } from '../../../gateway/route-table.ts'
import type { BackendRecord } from '../../backends/stub-server.ts'
import type { Listener } from '../../chain/client-request.ts'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import type { LoadedSiteFile } from '../../nginx/load-site-file.ts'
import type { Site } from '../../nginx/site.ts'
import type { Destination } from '../../trace/trace.ts'
import type { GatewayLines } from '../gateway-lines.ts'

/** What real programs wrote down about one request. A world sends one request at a time, so all of it is this request's. */
export interface Evidence {
  readonly requestId: string
  /** Where the client entered: `nginx`, `gateway` or a Service. */
  readonly via: string
  /** Where it connected to, where it entered at nginx. */
  readonly listener: Listener
  /** As it stood on the wire between the client and the first hop, and what the client read; null where it got no answer. */
  readonly request: RequestMessage
  readonly response: ResponseMessage | null
  readonly elapsedMs: number
  /**
   * What nginx wrote to its error logs meanwhile, at level `debug` and with `rewrite_log on`, in order, bytes as Latin-1; empty
   * where the client did not enter at nginx. Entries of other connections, and lines of access logs, may be in between.
   */
  readonly nginxLog: string
  /** The gateway's log lines; none where it was not reached, or is one of the user's own that writes none. */
  readonly gatewayLog: readonly AccessEntry[]
  /** What stubs recorded, in order. */
  readonly backends: readonly BackendRecord[]
}

/** What was in force while the evidence was taken: the files and the cluster that it speaks of. */
export interface InForce {
  /** The site file that nginx runs with, which may be another than the one on disk. */
  readonly file: LoadedSiteFile
  /** The model of that file, for what no log says (which line set a header); null where the model does not know a directive. */
  readonly model: Site | null
  /** The routes that the gateway runs with; null where it is the user's own and its config is not ours to read. */
  readonly routes: RouteTable | null
  /** Whether it is the project's own, which writes a line for every request that is HTTP; any other may write none. */
  readonly isOwnGateway: boolean
  /** The Service that had this ClusterIP while the request was on its way; null where none had. */
  readonly serviceAt: (address: string, port: number) => string | null
  /** The Service that an address in the site file was written for. */
  readonly ownerOf: (address: string) => string | null
  /** The lines of the config that the gateway runs with. */
  readonly lineAt: GatewayLines
  /** Where a host and port of routes.yaml lead. */
  readonly destination: (host: string, port: number) => Destination
}
