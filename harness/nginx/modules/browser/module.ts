import { HTTP_SERVER_LOCATION, modelled, ONE, ONE_OR_MORE, ONE_OR_TWO } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { browsers } from './compile.ts'
import { ancientBrowser, modernBrowser, msie } from './run.ts'

/** Browsers that are modern, and those that are not. */
export const BROWSER: Module = {
  module: 'ngx_http_browser_module',
  rows: {
    modern_browser: [HTTP_SERVER_LOCATION, ONE_OR_TWO, modelled],
    ancient_browser: [HTTP_SERVER_LOCATION, ONE_OR_MORE, modelled],
    modern_browser_value: [HTTP_SERVER_LOCATION, ONE, modelled],
    ancient_browser_value: [HTTP_SERVER_LOCATION, ONE, modelled],
  },
  settings: browsers,
  variables: { modern_browser: modernBrowser, ancient_browser: ancientBrowser, msie },
}
