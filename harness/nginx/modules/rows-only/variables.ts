import {
  accepted,
  block,
  HASHES,
  HTTP,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  modelled,
  NUMBER,
  ONE,
  ONE_ONCE,
  ONE_OR_MORE,
  ONE_OR_TWO,
  only,
  refused,
  SERVER_LOCATION,
} from '../../core/directives/rule.ts'

const VARIABLE = 'gives a variable a value that is not modelled'

/** Modules that give variables their values. */
export const VARIABLES_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_map_module',
    rows: {
      map: [HTTP, block(2, 2), modelled],
      map_hash_max_size: [HTTP, NUMBER, accepted(HASHES)],
      map_hash_bucket_size: [HTTP, NUMBER, accepted(HASHES)],
    },
  },
  {
    module: 'ngx_http_geo_module',
    rows: {
      geo: [HTTP, block(1, 2), modelled],
    },
  },
  {
    module: 'ngx_http_split_clients_module',
    rows: {
      split_clients: [HTTP, block(2, 2), modelled],
    },
  },
  {
    module: 'ngx_http_referer_module',
    rows: {
      valid_referers: [SERVER_LOCATION, ONE_OR_MORE, accepted(only('$invalid_referer'))],
      referer_hash_max_size: [SERVER_LOCATION, NUMBER, accepted(HASHES)],
      referer_hash_bucket_size: [SERVER_LOCATION, NUMBER, accepted(HASHES)],
    },
  },
  {
    module: 'ngx_http_browser_module',
    rows: {
      modern_browser: [HTTP_SERVER_LOCATION, ONE_OR_TWO, refused(VARIABLE)],
      ancient_browser: [HTTP_SERVER_LOCATION, ONE_OR_MORE, refused(VARIABLE)],
      modern_browser_value: [HTTP_SERVER_LOCATION, ONE, refused(VARIABLE)],
      ancient_browser_value: [HTTP_SERVER_LOCATION, ONE, refused(VARIABLE)],
    },
  },
  {
    module: 'ngx_http_secure_link_module',
    rows: {
      secure_link: [HTTP_SERVER_LOCATION, ONE_ONCE, refused(VARIABLE)],
      secure_link_md5: [HTTP_SERVER_LOCATION, ONE_ONCE, refused(VARIABLE)],
      secure_link_secret: [HTTP_SERVER_LOCATION, ONE_ONCE, refused(VARIABLE)],
    },
  },
]
