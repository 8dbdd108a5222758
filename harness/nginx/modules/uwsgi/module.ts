import type { Header } from '../../../chain/message.ts'
import { defineCaches } from '../../core/cache/compile-cache.ts'
import { cgiPass } from '../../core/cgi/cgi-pass.ts'
import { cgiRows } from '../../core/cgi/cgi-rows.ts'
import { cgiSettings } from '../../core/cgi/compile-cgi.ts'
import { cgiPassIn } from '../../core/cgi/compile-cgi-pass.ts'
import {
  accepted,
  FLAG,
  HTTP_SERVER_LOCATION,
  NUMBER,
  number,
  ONE_ONCE,
  only,
  refused,
  setOf,
  TWO,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'

const settings = cgiSettings('uwsgi')

/** What a packet holds (ngx_http_uwsgi_create_request). */
const LONGEST_PACKET = 65_535

const OF_TLS = accepted(only('uwsgi_pass'))

/** uwsgi to an application, which a Python one is in most cases. TLS to it is not modelled. */
export const UWSGI: Module = {
  module: 'ngx_http_uwsgi_module',
  rows: {
    ...cgiRows('uwsgi'),
    uwsgi_modifier1: [HTTP_SERVER_LOCATION, number(0, 255), refused('says what the packet is for', 'uwsgi')],
    uwsgi_modifier2: [HTTP_SERVER_LOCATION, number(0, 255), refused('says what the packet is for', 'uwsgi')],
    uwsgi_string: [HTTP_SERVER_LOCATION, ONE_ONCE, refused('adds bytes to the packet', 'uwsgi')],
    uwsgi_ssl_session_reuse: [HTTP_SERVER_LOCATION, FLAG, OF_TLS],
    uwsgi_ssl_protocols: [
      HTTP_SERVER_LOCATION,
      setOf('SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
      OF_TLS,
    ],
    uwsgi_ssl_ciphers: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_name: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_server_name: [HTTP_SERVER_LOCATION, FLAG, OF_TLS],
    uwsgi_ssl_verify: [HTTP_SERVER_LOCATION, FLAG, OF_TLS],
    uwsgi_ssl_verify_depth: [HTTP_SERVER_LOCATION, NUMBER, OF_TLS],
    uwsgi_ssl_trusted_certificate: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_crl: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_certificate: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_certificate_key: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_password_file: [HTTP_SERVER_LOCATION, ONE_ONCE, OF_TLS],
    uwsgi_ssl_conf_command: [HTTP_SERVER_LOCATION, TWO, OF_TLS],
  },
  define: (http, scope) => defineCaches('uwsgi', http, scope),
  settings,
  pass: cgiPassIn('uwsgi'),
  content: cgiPass({ protocol: 'uwsgi', settings, isTooLong }),
}

function isTooLong(params: readonly Header[]): boolean {
  return params.reduce((sum, [name, value]) => sum + 2 + name.length + 2 + value.length, 0) > LONGEST_PACKET
}
