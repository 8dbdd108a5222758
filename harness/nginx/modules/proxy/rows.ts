import {
  accepted,
  BUFFERING,
  FLAG,
  HASHES,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  modelled,
  NUMBER,
  ONE_ONCE,
  ONE_OR_TWO,
  oneOf,
  refusedUnlessOff,
  SIZE,
  TWO,
  text,
} from '../../core/directives/rule.ts'
import { bufferRows, cacheRows, connectionRows, headerRows, tlsRows } from '../../core/upstreams/upstream-rows.ts'

/** HTTP to an upstream. */
export const PROXY_TABLE: ModuleTable = {
  module: 'ngx_http_proxy_module',
  rows: {
    proxy_pass: [['location', 'if in location', 'limit_except'], ONE_ONCE, modelled],
    proxy_redirect: [HTTP_SERVER_LOCATION, ONE_OR_TWO, modelled],
    proxy_cookie_domain: [HTTP_SERVER_LOCATION, ONE_OR_TWO, modelled],
    proxy_cookie_path: [HTTP_SERVER_LOCATION, ONE_OR_TWO, modelled],
    proxy_cookie_flags: [HTTP_SERVER_LOCATION, text(1, 4), modelled],
    proxy_send_lowat: [HTTP_SERVER_LOCATION, SIZE, accepted(BUFFERING)],
    proxy_set_header: [HTTP_SERVER_LOCATION, TWO, modelled],
    proxy_headers_hash_max_size: [HTTP_SERVER_LOCATION, NUMBER, accepted(HASHES)],
    proxy_headers_hash_bucket_size: [HTTP_SERVER_LOCATION, NUMBER, accepted(HASHES)],
    proxy_set_body: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    proxy_method: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    proxy_http_version: [HTTP_SERVER_LOCATION, oneOf('1.0', '1.1', '2'), modelled],
    proxy_pass_trailers: [HTTP_SERVER_LOCATION, FLAG, refusedUnlessOff('passes trailers of an upstream on', 'proxied')],
    ...connectionRows('proxy'),
    ...headerRows('proxy'),
    ...bufferRows('proxy'),
    ...cacheRows('proxy'),
    proxy_cache_convert_head: [HTTP_SERVER_LOCATION, FLAG, modelled],
    ...tlsRows('proxy'),
  },
}
