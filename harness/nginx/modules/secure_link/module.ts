import { HTTP_SERVER_LOCATION, modelled, ONE_ONCE } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { secureLink } from './compile.ts'
import { secureLinkExpires, secureLinkOf } from './run.ts'

/** Links with a checksum. */
export const SECURE_LINK: Module = {
  module: 'ngx_http_secure_link_module',
  rows: {
    secure_link: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    secure_link_md5: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    secure_link_secret: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
  },
  settings: secureLink,
  variables: { secure_link: secureLinkOf, secure_link_expires: secureLinkExpires },
}
