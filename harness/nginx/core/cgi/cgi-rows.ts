import type { CgiProtocol } from '../../../chain/message.ts'
import { HTTP_SERVER_LOCATION, modelled, ONE_ONCE, PASS, type Rows, text } from '../directives/rule.ts'
import { bufferRows, cacheRows, connectionRows, headerRows } from '../upstreams/upstream-rows.ts'

/** The directives that FastCGI, SCGI and uwsgi share, under the prefix of one of them. */
export function cgiRows(protocol: CgiProtocol): Rows {
  return {
    [`${protocol}_pass`]: [PASS, ONE_ONCE, modelled],
    [`${protocol}_param`]: [HTTP_SERVER_LOCATION, text(2, 3), modelled],
    ...connectionRows(protocol),
    ...headerRows(protocol),
    ...bufferRows(protocol),
    ...cacheRows(protocol),
  }
}
