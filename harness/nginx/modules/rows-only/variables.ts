import {
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  ONE,
  ONE_ONCE,
  ONE_OR_MORE,
  ONE_OR_TWO,
  refused,
} from '../../core/directives/rule.ts'

const VARIABLE = 'gives a variable a value that is not modelled'

/** Modules that give variables their values. */
export const VARIABLES_MODULES: readonly ModuleTable[] = [
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
