import type { ConformanceCase } from '../case.ts'
import { ACCEPTED } from './accepted.ts'
import { BODIES } from './bodies.ts'
import { BUFFERS } from './buffers.ts'
import { CACHING } from './caching.ts'
import { CGI } from './cgi.ts'
import { COMPRESSION } from './compression.ts'
import { CONNECTIONS } from './connections.ts'
import { ERRORS } from './errors.ts'
import { FILES } from './files.ts'
import { FILTERS } from './filters.ts'
import { foundCases } from './found.ts'
import { GRPC } from './grpc.ts'
import { HEADS } from './heads.ts'
import { IF_IN_LOCATION } from './if.ts'
import { KEPT_ANSWERS } from './kept-answers.ts'
import { LOCATIONS } from './locations.ts'
import { MEMCACHED } from './memcached.ts'
import { NOT_ASCII } from './not-ascii.ts'
import { OWN_ANSWERS } from './own-answers.ts'
import { PROXY_PASS } from './proxy-pass.ts'
import { PROXY_PROTOCOL } from './proxy-protocol.ts'
import { RESPONSES } from './responses.ts'
import { REWRITES } from './rewrites.ts'
import { SERVERS } from './servers.ts'
import { SLICES } from './slices.ts'
import { SOCKETS } from './sockets.ts'
import { SUBREQUESTS } from './subrequests.ts'
import { TARGET_CASES } from './targets.ts'
import { TLS } from './tls.ts'
import { UPSTREAM_TLS } from './upstream-tls.ts'
import { UPSTREAMS } from './upstreams.ts'
import { VARIABLES } from './variables.ts'

/** Every case, by rule family. */
export const FAMILIES: Readonly<Record<string, readonly ConformanceCase[]>> = {
  locations: LOCATIONS,
  targets: TARGET_CASES,
  proxy_pass: PROXY_PASS,
  responses: RESPONSES,
  rewrites: REWRITES,
  servers: SERVERS,
  heads: HEADS,
  bodies: BODIES,
  errors: ERRORS,
  upstreams: UPSTREAMS,
  'unix sockets': SOCKETS,
  'PROXY protocol': PROXY_PROTOCOL,
  'TLS of clients': TLS,
  'TLS to upstreams': UPSTREAM_TLS,
  'FastCGI, SCGI, uwsgi': CGI,
  gRPC: GRPC,
  memcached: MEMCACHED,
  variables: VARIABLES,
  subrequests: SUBREQUESTS,
  slices: SLICES,
  files: FILES,
  filters: FILTERS,
  compression: COMPRESSION,
  'own answers': OWN_ANSWERS,
  if: IF_IN_LOCATION,
  'not ASCII': NOT_ASCII,
  buffers: BUFFERS,
  accepted: ACCEPTED,
  connections: CONNECTIONS,
  caching: [...CACHING, ...KEPT_ANSWERS],
  found: foundCases(),
}
